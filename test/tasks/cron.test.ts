import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { VirtualClock } from "#kernel";
import { type CronEntry, fireCron, planCron } from "../../src/tasks/cron.ts";
import { task } from "../../src/tasks/define.ts";
import { fakeShards } from "./fake-shards.ts";

const sweep = task("sweep", {
  payload: z.object({ room: z.string() }),
  handle: async () => await Promise.resolve(),
});
const fail = () => {
  throw new Error("a bug");
};
const handle = async () => await Promise.resolve();
const torn = task("torn", {
  payload: { "~standard": { version: 1, vendor: "own", validate: fail } } satisfies StandardSchemaV1,
  handle,
});
/** Zod finds out asynchronously what its functions throw. */
const late = task("late", { payload: z.unknown().transform(fail), handle });
const NIGHTLY = "0 3 * * *";
const MOMENT = { cron: NIGHTLY, scheduledTime: Date.UTC(2026, 10, 25, 3) };
const entry = (room: string, cron = NIGHTLY): CronEntry => ({ cron, type: "sweep", payload: { room } });

function open() {
  const clock = new VirtualClock();
  const shards = fakeShards([sweep], clock);
  const fire = async (entries: readonly CronEntry[], event = MOMENT) =>
    await clock.run(fireCron(event, entries, shards.options, clock).catch((error: unknown) => error));
  const list = async () =>
    await Promise.all([0, 1, 2, 3].map(async (shard) => await shards.shardFor(shard).list({ most: 100 })));
  const count = async () => (await list()).flat().length;
  const payloads = async () => {
    const rows = await list();
    const looked = await Promise.all(
      rows.flatMap((of, shard) => of.map(async ({ id }) => (await shards.shardFor(shard).look(id))?.payload)),
    );
    return new Set(looked);
  };
  return { ...shards, clock, fire, count, payloads };
}

describe("fireCron", () => {
  it("enqueues what the expression stands for, and nothing else", async () => {
    const { fire, payloads } = open();
    await fire([entry("attic"), entry("cellar"), entry("hall", "0 4 * * *")]);
    expect(await payloads()).toEqual(new Set(['{"room":"attic"}', '{"room":"cellar"}']));
  });

  it("enqueues once what it is told of twice, and again at the next moment", async () => {
    const { fire, count } = open();
    await fire([entry("attic")]);
    await fire([entry("attic")]);
    expect(await count()).toBe(1);
    await fire([entry("attic")], { ...MOMENT, scheduledTime: MOMENT.scheduledTime + 86_400_000 });
    expect(await count()).toBe(2);
  });

  it("tries again where a shard is away, and says so when it stays away", async () => {
    const { fire, failing, count, clock } = open();
    for (const shard of [0, 1, 2, 3]) failing.add(shard);
    clock.setTimer(() => failing.clear(), 50);
    expect(await fire([entry("attic")])).toBeUndefined();
    expect(await count()).toBe(1);
    for (const shard of [0, 1, 2, 3]) failing.add(shard);
    expect(await fire([entry("cellar")])).toMatchObject({ problem: { status: 503 } });
  });
});

describe("planCron", () => {
  it.each<[string, readonly CronEntry[], string]>([
    [
      "an unknown type",
      [{ cron: NIGHTLY, type: "sweeep" }],
      "there is no type `sweeep`; did you mean `sweep`?",
    ],
    ["a wrong payload", [{ cron: NIGHTLY, type: "sweep", payload: {} }], "the payload of `sweep`: "],
    [
      "a payload that its schema throws at",
      [{ cron: NIGHTLY, type: "torn" }],
      "the payload of `torn`: its schema failed: Error: a bug",
    ],
    ["the same twice", [entry("attic"), entry("attic")], "expected each task once, got `sweep` twice"],
  ])("refuses %s", (_, entries, fault) => {
    const faults: string[] = [];
    const { tasks } = fakeShards([sweep, torn, late], new VirtualClock()).options;
    planCron(entries, tasks, (one) => faults.push(one));
    expect(faults).toEqual([expect.stringContaining(`cron \`${NIGHTLY}\`: ${fault}`)]);
  });

  it("leaves to the moment itself what can only be checked asynchronously", async () => {
    const faults: string[] = [];
    const { options } = fakeShards([late], new VirtualClock());
    planCron([{ cron: NIGHTLY, type: "late" }], options.tasks, (one) => faults.push(one));
    expect(faults).toEqual([]);
    // A rejection that nobody hears of would end the runtime.
    await new Promise((resolve) => setTimeout(resolve));
  });
});
