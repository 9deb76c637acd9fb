import { describe, expect, it } from "vitest";
import { idempotencyKey } from "../../src/http/idempotency-key.ts";
import {
  ANSWERED_MS,
  answered,
  claim,
  type IdempotencyRecord,
  type IdempotencyStore,
  RUNNING_MS,
  runOnce,
} from "../../src/http/idempotency.ts";
import { ProblemError } from "../../src/http/problem.ts";

/** A store as an object would be one, whose time the test sets. */
function memoryStore() {
  const records = new Map<string, IdempotencyRecord>();
  const clock = { nowMs: 0 };
  const store: IdempotencyStore = {
    claim: async (key, fingerprint) => {
      const decision = claim(records.get(key), fingerprint, clock.nowMs);
      if (decision.kind === "run") records.set(key, decision.record);
      return await Promise.resolve(decision);
    },
    settle: async (key, fingerprint, reply) => {
      if (reply === undefined) records.delete(key);
      else records.set(key, answered(fingerprint, reply, clock.nowMs));
      await Promise.resolve();
    },
  };
  return { store, records, clock };
}

const write = (changes: Partial<Parameters<typeof runOnce>[0]> = {}) => ({
  scope: ["ci", "POST /v1/tasks"],
  key: "key-1",
  body: '{"n":1}',
  ...changes,
});

/** Counts how often it runs. */
function counted(status = 201) {
  const count = { runs: 0 };
  const run = async () => {
    count.runs += 1;
    const headers = { Location: `/v1/tasks/${count.runs}` };
    return await Promise.resolve(Response.json({ run: count.runs }, { status, headers }));
  };
  return { count, run };
}

/** A write that has begun, and goes on until it is told its answer. */
async function beginWrite(store: IdempotencyStore) {
  const begun = Promise.withResolvers<undefined>();
  const { promise, resolve: answer } = Promise.withResolvers<Response>();
  const response = runOnce(write(), store, async () => {
    begun.resolve(undefined);
    return await promise;
  });
  await begun.promise;
  return { response, answer };
}

const codeOf = async (answer: Promise<Response>) =>
  await answer.then(
    ({ status }) => status,
    (error: unknown) => (error instanceof ProblemError ? [error.problem.status, error.problem.type] : error),
  );
const IN_USE = [409, "urn:manifold:problem:idempotency-key-in-use"];
const REUSED = [422, "urn:manifold:problem:idempotency-key-reused"];

describe("runOnce", () => {
  it("runs a write once, and gives its answer again, with its fields", async () => {
    const { store } = memoryStore();
    const { count, run } = counted();
    for (let times = 0; times < 3; times += 1) {
      const response = await runOnce(write(), store, run);
      expect(response.status).toBe(201);
      expect(response.headers.get("Location")).toBe("/v1/tasks/1");
      expect(response.headers.get("Content-Type")).toContain("application/json");
      expect(await response.json()).toEqual({ run: 1 });
    }
    expect(count.runs).toBe(1);
  });

  it("refuses the key with another body, whether the first runs or has ended", async () => {
    const { store } = memoryStore();
    const first = await beginWrite(store);
    expect(await codeOf(runOnce(write({ body: "{}" }), store, counted().run))).toEqual(REUSED);
    first.answer(new Response(null, { status: 204 }));
    expect((await first.response).status).toBe(204);
    expect(await codeOf(runOnce(write({ body: "{}" }), store, counted().run))).toEqual(REUSED);
    expect(await codeOf(runOnce(write(), store, counted().run))).toBe(204);
  });

  it("refuses the key while the first runs, and says for how long at most", async () => {
    const { store, clock } = memoryStore();
    const first = await beginWrite(store);
    const refusal = await runOnce(write(), store, counted().run).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ProblemError);
    clock.nowMs = 30_500;
    const later = await runOnce(write(), store, counted().run).catch((error: unknown) => error);
    expect([refusal, later].map((error) => (error as ProblemError).headers["Retry-After"])).toEqual([
      "60",
      "30",
    ]);
    expect(await codeOf(runOnce(write(), store, counted().run))).toEqual(IN_USE);
    first.answer(new Response("done"));
    await first.response;
  });

  it("keeps the keys of callers and routes apart", async () => {
    const { store } = memoryStore();
    const { count, run } = counted();
    await runOnce(write(), store, run);
    await runOnce(write({ scope: ["other", "POST /v1/tasks"] }), store, run);
    await runOnce(write({ scope: ["ci", "POST /v1/crawls"] }), store, run);
    // Nor can a caller's key reach into another's by what it is made of.
    await runOnce(write({ scope: ["ci"], key: 'POST /v1/tasks","key-1' }), store, run);
    expect(count.runs).toBe(4);
  });

  it.each([400, 404, 422])(
    "keeps an answer of %i: the same request would be refused again",
    async (status) => {
      const { store } = memoryStore();
      const { count, run } = counted(status);
      await runOnce(write(), store, run);
      expect((await runOnce(write(), store, run)).status).toBe(status);
      expect(count.runs).toBe(1);
    },
  );

  it("keeps nothing of what failed on our side, so that it may be sent again", async () => {
    const { store, records } = memoryStore();
    const { count, run } = counted(503);
    expect((await runOnce(write(), store, run)).status).toBe(503);
    await expect(
      runOnce(write(), store, async () => await Promise.reject(new Error("a bug"))),
    ).rejects.toThrow("a bug");
    expect(records.size).toBe(0);
    await runOnce(write(), store, run);
    expect(count.runs).toBe(2);
  });
});

describe("claim", () => {
  const running = { state: "running", fingerprint: "a", untilMs: RUNNING_MS } as const;
  const reply = { status: 200, headers: {}, body: "x" };

  it.each([
    ["nothing", undefined, "a", 0, "run"],
    ["one that runs", running, "a", RUNNING_MS - 1, "running"],
    ["one that ran too long", running, "a", RUNNING_MS, "run"],
    ["another that runs", running, "b", 0, "reused"],
    ["another that ran too long", running, "b", RUNNING_MS, "run"],
    ["one that was answered", answered("a", reply, 0), "a", ANSWERED_MS - 1, "replay"],
    ["one that was answered long ago", answered("a", reply, 0), "a", ANSWERED_MS, "run"],
    ["another that was answered", answered("a", reply, 0), "b", 0, "reused"],
  ] as const)("after %s", (_, known, fingerprint, nowMs, kind) => {
    expect(claim(known, fingerprint, nowMs).kind).toBe(kind);
  });
});

describe("idempotencyKey", () => {
  const read = (value?: string) =>
    idempotencyKey(new Headers(value === undefined ? {} : { "Idempotency-Key": value }));

  it.each([
    [undefined, undefined],
    ['"8e03978e-40d5-43e1-bc93-6894a57f9324"', "8e03978e-40d5-43e1-bc93-6894a57f9324"],
    ["8e03978e", "8e03978e"],
    ["a".repeat(255), "a".repeat(255)],
  ])("reads %j", (value, key) => {
    expect(read(value)).toBe(key);
  });

  it.each(["", '""', "a b", "a, b", '"a', "a".repeat(256)])("refuses %j", (value) => {
    expect(() => read(value)).toThrow("Expected `Idempotency-Key` to be 1 to 255");
  });
});
