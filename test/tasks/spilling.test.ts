import { describe, expect, it } from "vitest";
import * as z from "zod";
import { VirtualClock } from "#kernel";
import { task } from "../../src/tasks/define.ts";
import { MOST_INLINE_CHARACTERS } from "../../src/tasks/pointer.ts";
import { type SpillStore, SPILL, spillType } from "../../src/tasks/spill.ts";
import { keyIn } from "../../src/tasks/pointer.ts";
import { spilling } from "../../src/tasks/spilling.ts";
import { wholeApp } from "../support/whole-app.ts";
import { fakeShards } from "./fake-shards.ts";

const LARGE = "x".repeat(MOST_INLINE_CHARACTERS);
const RETENTION_MS = 60_000;
const good = { kind: "succeeded", result: JSON.stringify(LARGE) } as const;

/** Answers with its payload as often as is asked for. */
const echo = task("echo", {
  payload: z.object({ text: z.string(), times: z.int() }),
  retentionMs: RETENTION_MS,
  attempts: 2,
  handle: async ({ payload: { text, times } }) => await Promise.resolve(text.repeat(times)),
});

/** A bucket that is a map, and can be away. */
function memorySpill() {
  const texts = new Map<string, string>();
  const state = { isAway: false };
  const call = async <T>(act: () => T): Promise<T> => {
    await Promise.resolve();
    if (state.isAway) throw new Error("The bucket is away");
    return act();
  };
  const spill: SpillStore = {
    put: async (key, text) => await call(() => void texts.set(key, text)),
    get: async (key) => await call(() => texts.get(key)),
    remove: async (keys) => await call(() => keys.forEach((key) => texts.delete(key))),
  };
  return { spill, texts, state };
}

function open() {
  const clock = new VirtualClock();
  const shards = fakeShards([echo], clock);
  const memory = memorySpill();
  const shardFor = (shard: number) => spilling(shards.shardFor(shard), memory.spill);
  const { tasks } = shards.options;
  const options = { ...shards.options, shardFor };
  const { app } = wholeApp({ isOpen: true, clock, tasks: options });
  const types = new Map([...tasks.types, [SPILL, spillType(memory.spill)]]);
  const work = async () => await clock.run(shards.work({ shardFor, tasks: { ...tasks, types } }));
  const post = async (text: string, times = 1, headers: Record<string, string> = {}) => {
    const body = JSON.stringify({ type: "echo", payload: { text, times } });
    const response = await app.request("/v1/tasks", { method: "POST", body, headers });
    const { id } = (await response.json()) as { readonly id: string };
    return { status: response.status, id };
  };
  const group = async (text: string, key: string) => {
    const one = { type: "echo", payload: { text, times: 1 } };
    const body = JSON.stringify({ tasks: [one], next: one });
    const headers = { "Idempotency-Key": key };
    const response = await app.request("/v1/groups", { method: "POST", body, headers });
    const { id } = (await response.json()) as { readonly id: string };
    return id;
  };
  const get = async (id: string) => {
    const response = await app.request(`/v1/tasks/${id}`);
    const view = (await response.json()) as { state?: string; payload?: unknown; result?: unknown };
    return { ...view, status: response.status };
  };
  /** The shard of a task, without and with what is around it, and what it has of it. */
  const inside = async (id: string) => {
    const shard = shards.shardFor(Number(id.slice(-1)));
    const around = { shard: spilling(shard, memory.spill), spill: memory.spill };
    return { shard, around, looked: await shard.look(id) };
  };
  const run = async <T>(running: Promise<T>) => await clock.run(running);
  return { ...memory, clock, run, work, post, group, get, inside };
}

describe("a task with large texts", () => {
  it("runs and is shown as any other, and its shard keeps none of them", async () => {
    const { post, work, get, inside, texts } = open();
    const { id } = await post(LARGE, 2);
    await work();
    const { state, payload, result } = await get(id);
    expect([state, payload, result]).toEqual(["succeeded", { text: LARGE, times: 2 }, LARGE.repeat(2)]);
    expect([...texts.keys()]).toEqual([`${id}/payload`, `${id}/result-1`]);
    const { looked } = await inside(id);
    expect([looked?.payload, looked?.result].map((text) => keyIn(text ?? ""))).toEqual([...texts.keys()]);
  });

  it("keeps what is small where it was", async () => {
    const { post, work, get, texts } = open();
    const { id } = await post("small");
    await work();
    expect([(await get(id)).result, texts.size]).toEqual(["small", 0]);
  });

  it("is refused where it is too large altogether", async () => {
    const { post, work, get, texts } = open();
    expect((await post("x".repeat(1_048_576))).status).toBe(413);
    const { id } = await post(LARGE, 17);
    await work();
    expect(await get(id)).toMatchObject({ state: "failed", error: { code: "too-large" } });
    expect([...texts.keys()]).toEqual([`${id}/payload`]);
  });

  it("leaves nothing once it is forgotten, not even of attempts that came to nothing", async () => {
    const { post, work, run, inside, texts, clock, get } = open();
    const { id } = await post("small");
    const { shard, around } = await inside(id);
    await shard.claim("w", [id]);
    // Its worker ends between the two: the result is kept, and the shard is not told.
    const crash = { ...shard, report: async () => await Promise.reject(new Error("killed")) };
    await run(
      spilling(crash, around.spill)
        .report([{ id, fence: 1, outcome: good }])
        .catch(() => undefined),
    );
    expect([...texts.keys()]).toEqual([`${id}/result-1`]);
    await clock.advance(40_000);
    await work();
    await work();
    expect(await get(id)).toMatchObject({ state: "succeeded", attempts: 2, result: "small" });
    await clock.advance(RETENTION_MS + 1);
    await work();
    await work();
    expect([await shard.look(id), texts.size]).toEqual([undefined, 0]);
  });

  it("never shows the result of a worker that has lost it", async () => {
    const { post, inside, texts, run, get } = open();
    const { id } = await post("small");
    const { shard, around } = await inside(id);
    await shard.claim("w", [id]);
    const report = async (fence: number, what: string) =>
      await run(
        around.shard.report([{ id, fence, outcome: { ...good, result: JSON.stringify(what + LARGE) } }]),
      );
    expect([await report(7, "stale"), texts.size]).toEqual([[id], 0]);
    expect([await report(1, "good"), await report(1, "late")]).toEqual([[], [id]]);
    expect((await get(id)).result).toBe(`good${LARGE}`);
  });

  it("is enqueued once under its key, and keeps one payload", async () => {
    const { post, texts } = open();
    const key = { "Idempotency-Key": '"once"' };
    const [first, again] = [await post(LARGE, 1, key), await post(LARGE, 1, key)];
    expect(again.id).toBe(first.id);
    expect([...texts.keys()]).toEqual([`${first.id}/payload`]);
  });

  it("is in a group that is enqueued once under its key, too", async () => {
    const { group, texts } = open();
    const id = await group(LARGE, "once");
    const keys = [...texts.keys()];
    expect(keys).toHaveLength(2);
    expect(await group(LARGE, "once")).toBe(id);
    expect([...texts.keys()]).toEqual(keys);
  });

  it("is told that it cannot be kept or shown while the bucket is away, and is tried again", async () => {
    const { post, work, get, state, clock } = open();
    state.isAway = true;
    expect((await post(LARGE)).status).toBe(503);
    state.isAway = false;
    const { id } = await post(LARGE);
    state.isAway = true;
    await work();
    expect((await get(id)).status).toBe(503);
    state.isAway = false;
    expect(await get(id)).toMatchObject({ state: "scheduled", error: { code: "payload-unavailable" } });
    await clock.advance(300_000);
    await work();
    expect(await get(id)).toMatchObject({ state: "succeeded", attempts: 2, result: LARGE });
  });

  it("is tried again when its result cannot be kept", async () => {
    const { post, work, get, state, clock, inside } = open();
    const { id } = await post("x", MOST_INLINE_CHARACTERS);
    state.isAway = true;
    await work();
    expect((await inside(id)).looked?.row).toMatchObject({ error: { code: "result-unavailable" } });
    state.isAway = false;
    await clock.advance(300_000);
    await work();
    expect(await get(id)).toMatchObject({ state: "succeeded", attempts: 2 });
  });
});
