import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { VirtualClock } from "#kernel";
import { task } from "../../src/tasks/define.ts";
import { bearer, tokenOf, tokensOf } from "../support/tokens.ts";
import { wholeApp } from "../support/whole-app.ts";
import { fakeShards } from "./fake-shards.ts";

const tokens = await tokensOf({
  ops: ["tasks:read", "tasks:write"],
  others: ["tasks:read", "tasks:write"],
});

const greet = task("greet", {
  payload: z.object({ name: z.string() }),
  handle: async ({ payload, progress }) => {
    progress(0.5, "half");
    return await Promise.resolve(`Hello ${payload.name}`);
  },
});
const fail = task("fail", {
  payload: z.object({}),
  attempts: 1,
  handle: async () => await Promise.reject(new Error("no luck")),
});
const limited = task("limited", {
  payload: z.object({ host: z.string() }),
  concurrency: 1,
  concurrencyKey: ({ host }) => host,
  handle: async () => await Promise.resolve(),
});

const brief = task("brief", {
  payload: z.object({}),
  retentionMs: 60_000,
  handle: async () => await Promise.resolve(),
});

const handle = async () => await Promise.resolve("done");
const bare = task("bare", { payload: z.object({}).optional(), handle });
const empty = task("empty", { payload: z.null(), handle });

const isLost = (name: string) => {
  if (name === "lost") throw new Error("a bug with a secret");
  return name;
};
const Torn = z.object({ name: z.string() });
const torn = task("torn", { payload: Torn.transform(({ name }) => isLost(name)), handle });
const keyless = task("keyless", {
  payload: Torn,
  concurrency: 1,
  concurrencyKey: ({ name }) => isLost(name),
  handle,
});

const patient = task("patient", {
  payload: z.object({}),
  handle: async ({ signal }) => {
    await new Promise<void>((resolve) => signal.addEventListener("abort", resolve));
    signal.throwIfAborted();
  },
});

function makeApp() {
  const clock = new VirtualClock();
  const shards = fakeShards([greet, fail, limited, brief, bare, empty, torn, keyless, patient], clock);
  const { app } = wholeApp({ tokens, clock, tasks: shards.options });
  /** @returns The status with the members of the body. */
  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const response = await app.request(path, {
      method,
      headers: { ...bearer(tokenOf(0)), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const members = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : { text };
    return { http: response.status, headers: response.headers, ...members };
  };
  const add = async (type: string, payload: object = {}) =>
    String((await call("POST", "/v1/tasks", { type, payload }))["id" as never]);
  const working = async () => await shards.work();
  const work = async () => await clock.run(shards.work());
  /** The same as soon as there is something to run. */
  const workSoon = async () => {
    while ((await work()) === 0) await clock.advance(0);
  };
  return { ...shards, clock, call, add, work, working, workSoon };
}

const ANN = { type: "greet", payload: { name: "Ann" } };

describe("POST /v1/tasks", () => {
  it("enqueues a task, which shows its result when it was run, and answers 304 until it changes", async () => {
    const { call, work } = makeApp();
    const accepted = await call("POST", "/v1/tasks", ANN);
    expect(accepted).toMatchObject({ http: 202, id: expect.stringMatching(/^task_/) as string });
    const path = accepted.headers.get("Location") ?? "";
    const before = await call("GET", path);
    expect(before).toMatchObject({ http: 200, state: "queued", attempts: 0, result: null });
    const etag = { "If-None-Match": before.headers.get("ETag") ?? "" };
    expect(await call("GET", path, undefined, etag)).toMatchObject({ http: 304 });
    await work();
    expect(await call("GET", path, undefined, etag)).toMatchObject({
      http: 200,
      state: "succeeded",
      result: "Hello Ann",
      attempts: 1,
      worker: "w",
      durationMs: 0,
    });
  });

  it.each([
    [
      { type: "greeet", payload: {} },
      { http: 400, item: "type" },
    ],
    [
      { type: "greet", payload: { name: 1 } },
      { http: 400, item: "payload.name", faults: [{ path: "payload.name" }] },
    ],
    [
      { ...ANN, key: "" },
      { http: 400, item: "key" },
    ],
    [
      { ...ANN, runAt: "soon" },
      { http: 400, item: "runAt" },
    ],
    [
      { ...ANN, runAt: "2031-01-01T00:00:00Z" },
      { http: 400, item: "runAt" },
    ],
    [
      { ...ANN, runAt: "1970-01-02T00:00:00Z", delayMs: 5 },
      { http: 400, item: "runAt" },
    ],
    [
      { ...ANN, delayMs: -1 },
      { http: 400, item: "delayMs" },
    ],
  ])("stores nothing of %j", async (body, problem) => {
    const { call, publish } = makeApp();
    expect(await call("POST", "/v1/tasks", body)).toMatchObject(problem);
    expect(publish()).toEqual([]);
  });

  it("enqueues once for a key, in a field or in the body, and refuses another request under it", async () => {
    const { call, publish } = makeApp();
    const first = await call("POST", "/v1/tasks", { ...ANN, key: "k" });
    expect(await call("POST", "/v1/tasks", ANN, { "Idempotency-Key": '"k"' })).toMatchObject({
      http: 202,
      id: first["id" as never],
    });
    const other = { type: "greet", payload: { name: "Bob" }, key: "k" };
    expect(await call("POST", "/v1/tasks", other)).toMatchObject({ http: 422 });
    expect(publish()).toHaveLength(1);
  });

  it("does not choose between two keys", async () => {
    const { call } = makeApp();
    const both = async (key: string) =>
      await call("POST", "/v1/tasks", { ...ANN, key: "k" }, { "Idempotency-Key": key });
    expect(await both("other")).toMatchObject({ http: 400, item: "key" });
    expect(await both("k")).toMatchObject({ http: 202 });
  });

  it("takes the same key of two callers for two", async () => {
    const { call, publish } = makeApp();
    const first = await call("POST", "/v1/tasks", { ...ANN, key: "k" });
    const body = { type: "greet", payload: { name: "Bob" }, key: "k" };
    const second = await call("POST", "/v1/tasks", body, bearer(tokenOf(1)));
    expect([first.http, second.http]).toEqual([202, 202]);
    expect(publish()).toHaveLength(2);
  });

  it("runs a task that takes no payload, and one that takes `null`", async () => {
    const { call, work } = makeApp();
    for (const body of [{ type: "bare" }, { type: "empty", payload: null }]) {
      const { headers } = await call("POST", "/v1/tasks", body);
      await work();
      expect(await call("GET", headers.get("Location") ?? "")).toMatchObject({
        state: "succeeded",
        payload: null,
      });
    }
    expect(await call("POST", "/v1/tasks", { type: "bare", payload: null })).toMatchObject({ http: 400 });
    expect(await call("POST", "/v1/tasks", { type: "empty" })).toMatchObject({ http: 400 });
  });

  it("waits for the end as long as is preferred", async () => {
    const { call, workSoon, clock } = makeApp();
    const done = call("POST", "/v1/tasks", ANN, { Prefer: "wait=10" });
    const late = call("POST", "/v1/tasks", { ...ANN, delayMs: 60_000 }, { Prefer: "wait=10" });
    await workSoon();
    expect(await done).toMatchObject({ http: 200, result: "Hello Ann" });
    expect((await done).headers.get("Preference-Applied")).toBe("wait=10");
    // Its token is hashed on another thread, and takes as long as it takes.
    while (clock.pending === 0) await clock.advance(0);
    expect(await clock.run(late)).toMatchObject({ http: 202 });
  });
});

describe("POST /v1/tasks/batch", () => {
  it("enqueues each by itself, and says of each in its place what became of it", async () => {
    const { call, publish } = makeApp();
    const tasks = [ANN, { type: "none", payload: {} }, { ...ANN, key: "k" }, { ...ANN, key: "k" }];
    const { items } = (await call("POST", "/v1/tasks/batch", { tasks })) as unknown as {
      readonly items: readonly { readonly status: number; readonly id?: string }[];
    };
    expect(items.map(({ status }) => status)).toEqual([202, 400, 202, 202]);
    expect(items[1]).toMatchObject({ problem: { item: "type" } });
    expect(items[3]?.id).toBe(items[2]?.id);
    expect(new Set(publish())).toEqual(new Set([items[0]?.id, items[2]?.id]));
  });

  it("enqueues once what is sent again under a key, those whose shard was away among it", async () => {
    const { call, publish, failing } = makeApp();
    const send = async (tasks: readonly object[]) =>
      (await call("POST", "/v1/tasks/batch", { tasks }, { "Idempotency-Key": "k" })) as unknown as {
        readonly items: readonly { readonly status: number; readonly id?: string }[];
      };
    const tasks = Array.from({ length: 20 }, () => ANN);
    failing.add(0);
    const before = await send(tasks);
    failing.clear();
    const after = await send(tasks);
    expect(new Set(before.items.map(({ status }) => status))).toEqual(new Set([202, 503]));
    for (const [index, { id }] of before.items.entries()) {
      expect(after.items[index]?.status).toBe(202);
      if (id !== undefined) expect(after.items[index]?.id).toBe(id);
    }
    expect(new Set(publish()).size).toBe(20);
    const other = await send([
      { ...ANN, payload: { name: "Bob" } },
      { ...ANN, key: "own" },
    ]);
    expect(other.items.map(({ status }) => status)).toEqual([422, 202]);
    expect(publish()).toHaveLength(1);
  });

  it("says of which tasks the shard is away, and hides tokens", async () => {
    const { call, failing, reported } = makeApp();
    for (const shard of [0, 1, 2, 3]) failing.add(shard);
    const tasks = [ANN, { type: tokenOf(0), payload: {} }];
    const answer = await call("POST", "/v1/tasks/batch", { tasks });
    expect(answer).toMatchObject({ http: 200, items: [{ status: 503 }, { status: 400 }] });
    expect(JSON.stringify(answer)).not.toContain(tokenOf(0));
    expect(reported).toEqual(["task-enqueue-failed"]);
  });
});

describe("a type whose functions throw", () => {
  const LOST = { name: "lost" };

  it.each(["torn", "keyless"])("fails the task of type `%s` in a batch, and no other", async (type) => {
    const { call, publish, reported } = makeApp();
    const wrong = { type, payload: LOST };
    const tasks = [ANN, wrong, wrong, { type, payload: { name: "Ann" } }];
    const answer = await call("POST", "/v1/tasks/batch", { tasks });
    const problem = {
      type: "urn:manifold:problem:internal-error",
      detail: expect.stringContaining(type) as string,
    };
    const refused = { status: 500, problem };
    expect(answer).toMatchObject({ http: 200, items: [{ status: 202 }, refused, refused, { status: 202 }] });
    expect(JSON.stringify(answer)).not.toContain("secret");
    expect(publish()).toHaveLength(2);
    // Once, for a thousand may fail in the same way.
    expect(reported).toEqual(["task-type-failed"]);
  });

  it.each([
    ["/v1/tasks", { type: "torn", payload: LOST }],
    ["/v1/tasks", { type: "keyless", payload: LOST }],
    ["/v1/groups", { tasks: [ANN, { type: "torn", payload: LOST }] }],
  ])("makes POST %s of %j a problem that names it, with the cause in the log", async (path, body) => {
    const lines: string[] = [];
    const log = vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
    const { call, publish } = makeApp();
    const answer = await call("POST", path, body);
    log.mockRestore();
    const detail = expect.stringMatching(/`(torn|keyless)` failed to check the payload/) as string;
    expect(answer).toMatchObject({ http: 500, type: "urn:manifold:problem:internal-error", detail });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { event: "request-failed", path, error: { cause: { message: "a bug with a secret" } } },
    ]);
    expect(publish()).toEqual([]);
  });
});

describe("GET /v1/tasks", () => {
  it("lists all of them once over pages, the newest first, and only those that are asked for", async () => {
    const { call, add, work } = makeApp();
    const ids: string[] = [];
    for (let index = 0; index < 11; index += 1) ids.push(await add("greet", { name: "Ann" }));
    await work();
    await add("fail");
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = await call("GET", `/v1/tasks?type=greet&state=succeeded&limit=3${cursor}`);
      const { items, cursor: next } = page as unknown as { items: { id: string }[]; cursor?: string };
      expect(page).not.toHaveProperty("partial");
      seen.push(...items.map(({ id }) => id));
      cursor = next === undefined ? "" : `&cursor=${next}`;
    } while (cursor !== "");
    expect(seen).toEqual(ids.toSorted().toReversed());
  });

  it("goes on where it was while tasks are added and end", async () => {
    const { call, add, work, clock } = makeApp();
    const ids: string[] = [];
    for (let index = 0; index < 7; index += 1) ids.push(await add("greet", { name: "Ann" }));
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = await call("GET", `/v1/tasks?limit=2${cursor}`);
      const { items, cursor: next } = page as unknown as { items: { id: string }[]; cursor?: string };
      seen.push(...items.map(({ id }) => id));
      cursor = next === undefined ? "" : `&cursor=${next}`;
      await clock.advance(5);
      await add("greet", { name: "Bob" });
      await work();
    } while (cursor !== "");
    expect(seen).toEqual(ids.toSorted().toReversed());
    expect(await call("GET", "/v1/tasks?limit=101")).toMatchObject({ http: 400, item: "limit" });
  });

  it("refuses a cursor that no page has said", async () => {
    expect(await makeApp().call("GET", "/v1/tasks?cursor=next")).toMatchObject({ http: 400, item: "cursor" });
  });

  it("names shards that are away, and fails when all are", async () => {
    const { call, failing, add, reported } = makeApp();
    for (let index = 0; index < 8; index += 1) await add("greet", { name: "Ann" });
    failing.add(2);
    expect(await call("GET", "/v1/tasks")).toMatchObject({ http: 200, partial: [2] });
    expect(reported).toEqual(["task-shard-failed"]);
    expect(await call("GET", "/v1/tasks/stats")).toMatchObject({ http: 200, partial: [2] });
    for (const shard of [0, 1, 3]) failing.add(shard);
    const all = await call("GET", "/v1/tasks");
    expect(all).toMatchObject({ http: 503, partial: [0, 1, 2, 3] });
    expect(all.headers.get("Retry-After")).toBe("1");
  });
});

describe("a shard that is away", () => {
  it.each([
    ["POST", "/v1/tasks", ANN],
    ["POST", "/v1/groups", { tasks: [ANN] }],
    ["GET", "/v1/tasks/:id", undefined],
    ["GET", "/v1/tasks/:id/events", undefined],
    ["POST", "/v1/tasks/:id/cancel", undefined],
    ["POST", "/v1/tasks/:id/retry", undefined],
    ["GET", "/v1/groups/:group", undefined],
  ])(
    "makes %s %s answer 503, with when to ask again, and says why in the log",
    async (method, path, body) => {
      const lines: string[] = [];
      const log = vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
      const { call, failing, options } = makeApp();
      for (const shard of [0, 1, 2, 3]) failing.add(shard);
      const ids = { id: options.makeId("task", 1), group: options.makeId("group", 1) };
      const answer = await call(method, path.replace(":id", ids.id).replace(":group", ids.group), body);
      log.mockRestore();
      expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
        { event: "request-failed", error: { cause: { message: "The shard is away" } } },
      ]);
      expect(answer).toMatchObject({ http: 503, type: "urn:manifold:problem:tasks-unavailable" });
      expect(answer.headers.get("Retry-After")).toBe("1");
    },
  );
});

describe("GET /v1/tasks/:id", () => {
  it.each(["nothing", "task_01JDK5T1F8ZQ4V0B6W7X8Y9Z0A-9", "group_01JDK5T1F8ZQ4V0B6W7X8Y9Z0A-1"])(
    "has no task `%s`",
    async (id) => {
      expect(await makeApp().call("GET", `/v1/tasks/${id}`)).toMatchObject({ http: 404 });
    },
  );

  it("says of a task that is forgotten that it is gone", async () => {
    const { call, add, work, publish, clock } = makeApp();
    const id = await add("greet", { name: "Ann" });
    await work();
    await clock.advance(8 * 86_400_000);
    publish();
    for (const path of [`/v1/tasks/${id}`, `/v1/tasks/${id}/events`])
      expect(await call("GET", path)).toMatchObject({ http: 410 });
    expect(await call("POST", `/v1/tasks/${id}/retry`)).toMatchObject({ http: 410 });
  });
});

describe("retention", () => {
  it("is of each type its own", async () => {
    const { call, add, work, publish, clock } = makeApp();
    const [short, long] = [await add("brief"), await add("greet", { name: "Ann" })];
    await work();
    await clock.advance(60_001);
    publish();
    expect(await call("GET", `/v1/tasks/${short}`)).toMatchObject({ http: 410 });
    expect(await call("GET", `/v1/tasks/${long}`)).toMatchObject({ http: 200 });
  });
});

describe("GET /v1/tasks/:id/events", () => {
  it("tells what has happened, from the beginning or after an event, and ends with the task", async () => {
    const { call, add, work } = makeApp();
    const id = await add("fail");
    await work();
    const all = await call("GET", `/v1/tasks/${id}/events`);
    expect(all.headers.get("Content-Type")).toContain("text/event-stream");
    const names = (text: unknown) => [...String(text).matchAll(/^event: (.*)$/gm)].map(([, name]) => name);
    expect(names(all["text" as never])).toEqual(["queued", "running", "dead"]);
    const rest = await call("GET", `/v1/tasks/${id}/events`, undefined, { "Last-Event-ID": "2" });
    expect(names(rest["text" as never])).toEqual(["dead"]);
  });

  it("goes on while the task does", async () => {
    const { call, add, workSoon } = makeApp();
    const id = await add("greet", { name: "Ann" });
    const events = call("GET", `/v1/tasks/${id}/events`);
    await workSoon();
    expect((await events)["text" as never]).toMatch(/event: queued[^]*event: succeeded/);
  });
});

describe("POST /v1/tasks/:id/cancel and retry", () => {
  it("cancel what waits, once and for all, until it is retried", async () => {
    const { call, add, work } = makeApp();
    const id = await add("greet", { name: "Ann" });
    expect(await call("POST", `/v1/tasks/${id}/retry`)).toMatchObject({ http: 409 });
    expect(await call("POST", `/v1/tasks/${id}/cancel`)).toMatchObject({ http: 200, status: "cancelled" });
    expect(await call("POST", `/v1/tasks/${id}/cancel`)).toMatchObject({ http: 200, status: "cancelled" });
    expect(await work()).toBe(0);
    expect(await call("POST", `/v1/tasks/${id}/retry`)).toMatchObject({ http: 202 });
    await work();
    expect(await call("GET", `/v1/tasks/${id}`)).toMatchObject({ state: "succeeded" });
    expect(await call("POST", `/v1/tasks/${id}/cancel`)).toMatchObject({ http: 409 });
    expect(await call("POST", `/v1/tasks/${id}/retry`)).toMatchObject({ http: 409 });
  });
});

describe("POST /v1/tasks/:id/cancel, while its handler runs", () => {
  it("is accepted, and ends the task when the handler has stopped", async () => {
    const { call, add, clock, working } = makeApp();
    const id = await add("patient");
    const done = working();
    await clock.advance(500);
    const events = call("GET", `/v1/tasks/${id}/events`);
    expect(await call("POST", `/v1/tasks/${id}/cancel`)).toMatchObject({ http: 202, status: "cancelling" });
    await clock.run(done);
    expect(await call("GET", `/v1/tasks/${id}`)).toMatchObject({ state: "cancelled", durationMs: 500 });
    expect((await events)["text" as never]).toMatch(/event: cancelling[^]*event: cancelled/);
  });
});

describe("POST /v1/task-types/:type/pause and resume", () => {
  it("start none of a type, and then all of them", async () => {
    const { call, add, work } = makeApp();
    expect(await call("POST", "/v1/task-types/greet/pause")).toMatchObject({ http: 200, isPaused: true });
    const id = await add("greet", { name: "Ann" });
    await work();
    expect(await call("GET", "/v1/tasks/stats")).toMatchObject({
      types: { greet: { isPaused: true, counts: { queued: 1 } }, fail: { isPaused: false, counts: {} } },
    });
    expect(await call("POST", "/v1/task-types/greet/resume")).toMatchObject({ http: 200, isPaused: false });
    await work();
    expect(await call("GET", `/v1/tasks/${id}`)).toMatchObject({ state: "succeeded" });
  });

  it("know no other types, and fail unless all shards have heard it", async () => {
    const { call, failing } = makeApp();
    expect(await call("POST", "/v1/task-types/none/pause")).toMatchObject({ http: 404 });
    failing.add(3);
    const refused = await call("POST", "/v1/task-types/greet/pause");
    expect(refused).toMatchObject({ http: 503, partial: [3] });
    expect(refused.headers.get("Retry-After")).toBe("1");
  });
});

describe("POST /v1/dead/redrive", () => {
  it("gives the dead of a type a new life", async () => {
    const { call, add, work } = makeApp();
    const shards = new Set<string>();
    for (let index = 0; index < 8; index += 1) shards.add((await add("fail")).slice(-1));
    expect(shards.size).toBeGreaterThan(1);
    await work();
    expect(await call("POST", "/v1/dead/redrive", { type: "greet" })).toMatchObject({ http: 200, count: 0 });
    expect(await call("POST", "/v1/dead/redrive", { most: 7 })).toMatchObject({ http: 200, count: 7 });
    expect(await call("POST", "/v1/dead/redrive", { type: "fail" })).toMatchObject({ http: 200, count: 1 });
    expect(await work()).toBe(8);
  });
});

describe("POST /v1/groups", () => {
  it("goes on to what is next when one of them is cancelled, and once only when it is retried", async () => {
    const { call, work } = makeApp();
    const tasks = [ANN, { ...ANN, delayMs: 60_000 }];
    const path = (await call("POST", "/v1/groups", { tasks, next: ANN })).headers.get("Location") ?? "";
    await work();
    const { items } = (await call("GET", `${path}/why`)) as unknown as {
      readonly items: readonly { readonly id: string; readonly reason: string }[];
    };
    expect(items).toMatchObject([{ state: "scheduled", reason: "waits until 1970-01-01T00:01:00.000Z" }]);
    await call("POST", `/v1/tasks/${items[0]?.id}/cancel`);
    expect(await call("GET", path)).toMatchObject({ counts: { succeeded: 1, cancelled: 1 } });
    expect(await work()).toBe(1);
    await call("POST", `/v1/tasks/${items[0]?.id}/retry`);
    expect(await work()).toBe(1);
    expect(await work()).toBe(0);
  });

  it("enqueues all or nothing, says what it waits for, and then what is next", async () => {
    const { call, work } = makeApp();
    const bad = { tasks: [ANN, { type: "greet", payload: {} }] };
    expect(await call("POST", "/v1/groups", bad)).toMatchObject({ http: 400 });
    expect(await work()).toBe(0);

    const tasks = [ANN, { type: "limited", payload: { host: "a" } }, { type: "fail", payload: {} }];
    const group = await call("POST", "/v1/groups", { tasks, next: ANN });
    expect(group.http).toBe(202);
    const path = group.headers.get("Location") ?? "";
    expect(await call("GET", path)).toMatchObject({ http: 200, total: 3, counts: { queued: 3 } });
    expect(await call("GET", `${path}/why`)).toMatchObject({
      items: [{ reason: expect.stringContaining("waits for a worker") as string }, {}, {}],
    });
    expect(await work()).toBe(3);
    const ended = await call("GET", path);
    expect(ended).toMatchObject({ counts: { succeeded: 2, dead: 1 }, endedAt: "1970-01-01T00:00:00.000Z" });
    expect(await call("GET", `${path}/why`)).toMatchObject({ items: [] });
    expect(await work()).toBe(1);
    expect(await call("GET", `/v1/tasks/${String(ended["next" as never])}`)).toMatchObject({
      result: "Hello Ann",
    });
  });
});
