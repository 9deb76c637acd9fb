import { describe, expect, it } from "vitest";
import * as z from "zod";
import { sleep, VirtualClock } from "#kernel";
import { task, type TaskType } from "../../src/tasks/define.ts";
import { planTasks } from "../../src/tasks/plan.ts";
import { fakeShards } from "./fake-shards.ts";

const planOf = (...types: readonly TaskType[]) =>
  planTasks(types, (fault) => {
    throw new Error(fault);
  });
const anything = { payload: z.unknown(), handle: async () => await Promise.resolve("done") };

function stage(...types: readonly TaskType[]) {
  const clock = new VirtualClock();
  const shards = fakeShards(types, clock);
  const shard = shards.shardFor(0);
  const add = async (type: string) => {
    const id = shards.options.makeId("task", 0);
    await shard.enqueue([{ id, type, payload: "{}" }]);
    return id;
  };
  return { ...shards, clock, shard, add };
}

describe("consume", () => {
  it("checks a payload again when it is run, for a deploy may lie between", async () => {
    const { add, work, shard, clock } = stage(task("t", anything));
    const id = await add("t");
    const later = planOf(task("t", { ...anything, payload: z.object({ name: z.string() }) }));
    await clock.run(work({ tasks: later }));
    expect((await shard.look(id))?.row).toMatchObject({
      state: "failed",
      error: { code: "invalid-payload" },
    });
  });

  it("says in the log what failed, and of which tasks", async () => {
    const { add, work, clock, failing } = stage(task("t", anything));
    const [first] = [await add("t"), await add("t")];
    failing.add(0);
    const told: unknown[] = [];
    await clock.run(work({ report: (event, _, about) => void told.push([event, about]) }));
    expect(told).toEqual([["task-claim-failed", { tasks: 2, first }]]);
  });

  it("leaves a type that it does not know to another version", async () => {
    const { add, work, shard, clock } = stage(task("t", anything));
    const id = await add("t");
    await clock.run(work({ tasks: planOf() }));
    expect((await shard.look(id))?.row).toMatchObject({
      state: "scheduled",
      error: { code: "unknown-type" },
    });
  });

  it("goes on with the others when handlers misbehave", async () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const odd = (name: string, handle: TaskType["handle"]) =>
      task(name, { payload: z.unknown(), attempts: 1, timeoutMs: 1_000, handle });
    const { add, work, shard, clock, reported } = stage(
      task("good", anything),
      odd("throws", async () => await Promise.reject({ not: "an error" })), // oxlint-disable-line typescript/prefer-promise-reject-errors -- that is what it is about
      odd("deaf", async () => await new Promise(() => undefined)),
      odd("torn", async ({ signal }) => {
        signal.addEventListener("abort", () => {
          throw new Error("broken");
        });
        return await new Promise(() => undefined);
      }),
      odd("loud", async ({ progress }) => {
        progress(0.5, Symbol("half") as never);
        return await new Promise(() => undefined);
      }),
      odd("circle", async () => await Promise.resolve(circle)),
      odd("huge", async () => await Promise.resolve("x".repeat(10_000_000))),
    );
    const names = ["throws", "good", "torn", "deaf", "loud", "circle", "good", "huge", "good"];
    const ids: string[] = [];
    for (const name of names) ids.push(await add(name));
    await clock.run(work());
    const states = await Promise.all(ids.map(async (id) => (await shard.look(id))?.row.state));
    expect(states.join(" ")).toBe("dead succeeded dead dead dead failed succeeded failed succeeded");
    expect(reported).toEqual([]);
    const next = await add("good");
    await clock.run(work());
    expect((await shard.look(next))?.row.state).toBe("succeeded");
  });

  it("has six connections for all of a batch, one of them for its own calls", async () => {
    let open = 0;
    let most = 0;
    const calling = task("calling", {
      payload: z.unknown(),
      async handle({ services }) {
        const response = await services.fetch("https://example.com/");
        // Its headers are here, so that others may go: what is read takes none.
        await sleep(10_000, undefined, clock);
        return response.status;
      },
    });
    const { add, work, shard, clock } = stage(calling);
    const ids: string[] = [];
    for (let nth = 0; nth < 12; nth += 1) ids.push(await add("calling"));
    const fetch = async () => {
      open += 1;
      most = Math.max(most, open);
      await sleep(50, undefined, clock);
      open -= 1;
      return new Response();
    };
    await clock.run(work({ services: { fetch, variables: {}, allowLoopback: false } }));
    expect(most).toBe(5);
    const rows = await Promise.all(ids.map(async (id) => (await shard.look(id))?.row));
    expect(new Set(rows.map((row) => row?.state))).toEqual(new Set(["succeeded"]));
    expect(Math.max(...rows.map((row) => row?.endedMs ?? Infinity))).toBe(10_150);
  });

  it("shows how far a handler is about once a second, and each time once", async () => {
    const talk = task("talk", {
      payload: z.unknown(),
      async handle({ progress }) {
        await sleep(5_000, undefined, clock);
        for (let nth = 1; nth <= 50; nth += 1) {
          progress(nth / 50);
          await sleep(100, undefined, clock);
        }
        await sleep(60_000, undefined, clock);
      },
    });
    const { add, work, shard, clock } = stage(talk);
    const id = await add("talk");
    const working = work();
    const seen: number[] = [];
    const versions = new Set<number>();
    for (let atMs = 0; atMs < 60_000; atMs += 100) {
      await clock.advance(100);
      const row = (await shard.look(id))?.row;
      versions.add(row?.version ?? 0);
      const fraction = row?.progress?.fraction;
      if (fraction !== undefined && fraction !== seen.at(-1)) seen.push(fraction);
    }
    await clock.run(working);
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(seen.length).toBeLessThanOrEqual(7);
    expect(seen.at(-1)).toBe(1);
    // Queued, running, and what was shown.
    expect(versions.size).toBeLessThanOrEqual(2 + seen.length);
  });

  it("tells a handler whether somebody else has its task, and asks again where the shard is away", async () => {
    const heard: string[] = [];
    const careful = task("careful", {
      payload: z.unknown(),
      async handle({ confirm }) {
        for (let nth = 0; nth < 2; nth += 1) {
          await sleep(10, undefined, clock);
          await confirm().then(
            () => heard.push("mine"),
            (error: unknown) => heard.push(String(error)),
          );
        }
      },
    });
    const { add, work, shard, clock, failing } = stage(careful);
    const id = await add("careful");
    const working = work();
    await clock.advance(15);
    await shard.report([{ id, fence: 1, outcome: { kind: "stopped" } }]);
    await clock.run(working);
    expect(heard.splice(0)).toEqual(["mine", "Error: The lease is lost"]);

    await add("careful");
    const workingAgain = work();
    await clock.advance(5);
    failing.add(0);
    await clock.advance(10);
    failing.clear();
    await clock.run(workingAgain);
    expect(heard).toEqual(["mine", "mine"]);
  });

  it("tells a handler at once that its task is cancelled, whoever else beside it does not listen", async () => {
    const heardMs = new Map<string, number>();
    const patient = task("patient", {
      payload: z.unknown(),
      async handle({ id, signal }) {
        await new Promise<void>((resolve) =>
          signal.addEventListener("abort", () => {
            heardMs.set(id, clock.now());
            if (!ids.slice(0, 5).includes(id)) resolve();
          }),
        );
        signal.throwIfAborted();
      },
    });
    const { add, work, shard, clock } = stage(patient);
    const ids: string[] = [];
    for (let nth = 0; nth < 50; nth += 1) ids.push(await add("patient"));
    const working = work();
    const askedMs = new Map<string, number>();
    for (const id of ids) {
      await clock.advance(37);
      askedMs.set(id, clock.now());
      expect(await shard.cancel(id)).toBe("cancelling");
    }
    await clock.run(working);
    const tookMs = ids.map((id) => (heardMs.get(id) ?? Infinity) - (askedMs.get(id) ?? 0));
    // The first ones within the time that needs no beat.
    expect(Math.max(...tookMs)).toBeLessThanOrEqual(100);
    expect(Math.max(...tookMs.slice(5))).toBe(0);
    for (const id of ids) expect((await shard.look(id))?.row.state).toBe("cancelled");
  });
});
