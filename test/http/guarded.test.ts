import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { CallerVariables } from "../../src/http/caller.ts";
import { guarded } from "../../src/http/guarded.ts";
import { ProblemError, problemResponse } from "../../src/http/problem.ts";
import type { Scope } from "../../src/http/scopes.ts";

const adding = guarded({
  scope: "tasks:write",
  summary: "Adds a thing",
  takes: {
    param: z.object({ room: z.string().max(5) }),
    query: z.object({
      limit: z.coerce.number().int().max(10).default(3),
      tag: z.union([z.string(), z.array(z.string())]).optional(),
    }),
    json: z.strictObject({ items: z.array(z.object({ n: z.int() })) }),
  },
  maxBodyBytes: 100,
  answers: { 200: { description: "What was taken" } },
});

/** Asks as one who holds these scopes; says what was answered, and how much of the body was read. */
async function post(
  path: string,
  body: string | ReadableStream<Uint8Array>,
  held: readonly Scope[] = ["tasks:write"],
) {
  const app = new Hono<CallerVariables>();
  app.use(async (c, next) => {
    c.set("caller", { name: "ci", scopes: held });
    await next();
  });
  app.post("/v1/rooms/:room", adding, (c) =>
    c.json({
      param: c.req.valid("param"),
      query: c.req.valid("query"),
      json: c.req.valid("json"),
      caller: c.get("caller").name,
    }),
  );
  app.onError((error) => {
    if (error instanceof ProblemError) return problemResponse(error, "request-1");
    throw error;
  });
  const request = new Request(`http://localhost${path}`, {
    method: "POST",
    body,
    ...STREAMING,
  });
  const response = await app.request(request);
  return { status: response.status, body: await response.json() };
}

/** Node wants to be told that a body is a stream; workerd does not mind. */
const STREAMING = { duplex: "half" } as const;

/** A body that counts how many pieces of it were asked for. */
function countedBody(pieces: readonly string[]) {
  const count = { pulls: 0 };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[count.pulls];
        count.pulls += 1;
        if (piece === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(piece));
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, count };
}

describe("guarded", () => {
  it("hands over what the schemas made of path, query and body", async () => {
    expect(await post("/v1/rooms/lobby?limit=7&tag=a&tag=b", '{"items": [{"n": 1}]}')).toEqual({
      status: 200,
      body: {
        param: { room: "lobby" },
        query: { limit: 7, tag: ["a", "b"] },
        json: { items: [{ n: 1 }] },
        caller: "ci",
      },
    });
    expect(await post("/v1/rooms/lobby?tag=a", '{"items": []}')).toMatchObject({
      body: { query: { limit: 3, tag: "a" } },
    });
  });

  it.each([
    ["the path", "/v1/rooms/toolong", '{"items": []}', "room"],
    ["the query", "/v1/rooms/a?limit=11", '{"items": []}', "limit"],
    ["the body", "/v1/rooms/a", '{"items": [{"n": 1}, {"n": "x"}]}', "items.1.n"],
    ["the body as a whole", "/v1/rooms/a", "[]", "the body"],
  ])("names the place in %s that is wrong", async (_, path, body, item) => {
    const answer = await post(path, body);
    expect(answer).toMatchObject({ status: 400, body: { type: "urn:manifold:problem:bad-request", item } });
    expect((answer.body as { detail: string }).detail).toMatch(new RegExp(`^\`${item}\`: `));
  });

  it.each(["%ff", "caf%e9", "%", "%zz", "%C3", "%ed%a0%80"])(
    "takes %s in a path for no name: it is not what was meant",
    async (name) => {
      expect(await post(`/v1/rooms/${name}`, '{"items": []}')).toMatchObject({
        status: 400,
        body: { item: "the path", detail: "`the path`: expected UTF-8 in percent-encoding" },
      });
    },
  );

  it("refuses who has not the scope, and reads nothing of the body", async () => {
    const { stream, count } = countedBody(['{"items":', " []}"]);
    expect(await post("/v1/rooms/a", stream, ["tasks:read"])).toMatchObject({
      status: 403,
      body: { type: "urn:manifold:problem:insufficient-scope", scope: "tasks:write" },
    });
    expect(count.pulls).toBe(0);
  });

  it("reads no more of a body than it takes", async () => {
    const { stream, count } = countedBody(Array.from({ length: 1_000 }, () => " ".repeat(60)));
    expect(await post("/v1/rooms/a", stream)).toMatchObject({
      status: 413,
      body: { detail: "Expected a body of at most 100 bytes" },
    });
    expect(count.pulls).toBeLessThan(5);
  });

  it("reads nothing of a body where it takes none", async () => {
    const app = new Hono<CallerVariables>();
    app.use(async (c, next) => {
      c.set("caller", { name: "ci", scopes: ["admin"] });
      await next();
    });
    app.post("/v1/x", guarded({ scope: "chat", summary: "", answers: {} }), (c) => c.text("done"));
    const { stream, count } = countedBody(["much"]);
    const request = new Request("http://localhost/v1/x", { method: "POST", body: stream, ...STREAMING });
    expect(await (await app.request(request)).text()).toBe("done");
    expect(count.pulls).toBe(0);
  });
});
