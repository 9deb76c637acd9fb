import { DEFAULT_POLICY } from "../../../src/tasks/define.ts";
import { planTasks } from "../../../src/tasks/plan.ts";
import { DEFAULT_SETTINGS } from "../../../src/tasks/settings.ts";
import { BrokenInvariant, type Play } from "../find-failure.ts";
import { createWorld, type World } from "../world.ts";
import type { Broken } from "./broken.ts";
import { createCustomers } from "./customers.ts";
import { expectPeace } from "./peace.ts";
import { createNetwork } from "./network.ts";
import { createOracle } from "./oracle.ts";
import { describeStep, planOf, type Step, TROUBLE_MS, TYPES } from "./plan.ts";
import { createQueueHost } from "./queue-host.ts";
import { createResource } from "./resource.ts";
import { createShardHost } from "./shard-host.ts";
import { typesOf } from "./types.ts";
import { createWorkerHost, type WorkerHost } from "./worker-host.ts";

/** When everything must have ended, however many times somebody had to wait. */
const PEACE_MS = TROUBLE_MS + 3_000_000;
const LOOK_MS = 1_000;
const CALM_LOOK_MS = 10_000;

/**
 * One shard, its workers and a queue, and everything that can go wrong between them. Whatever it is, no task that was
 * accepted is lost, each comes to one end, nothing is taken from who does not hold the lease, and every limit holds; and
 * when nothing goes wrong any more, all of them end.
 */
export const tasksPlay = (broken?: Broken): Play<Step> => ({
  plan: planOf,
  describe: describeStep,
  async run(seed, plan, isTold) {
    const world = createWorld(seed, isTold);
    try {
      await playTasks(world, plan, broken);
    } catch (error) {
      if (error instanceof BrokenInvariant) error.story = world.story;
      throw error;
    }
    return world.sights;
  },
});

async function playTasks(world: World, plan: readonly Step[], broken: Broken | undefined): Promise<void> {
  const { dice } = world;
  const settings = { ...DEFAULT_SETTINGS, leaseMs: dice.pick([30_000, 4_000]) };
  const retentionMs = dice.pick([7 * 86_400_000, 7 * 86_400_000, 90_000]);
  const tasks = planTasks(
    typesOf(retentionMs),
    (fault) => {
      throw new Error(fault);
    },
    settings.leaseMs,
  );
  const oracle = createOracle((type) => tasks.policies[type] ?? DEFAULT_POLICY, settings.leaseMs);
  const resource = createResource(world, oracle);
  const workers: WorkerHost[] = [];
  const queue = createQueueHost(world, (batch) => {
    const up = workers.filter(({ isUp }) => isUp);
    const worker = up[dice.between(0, up.length - 1)];
    worker?.take(batch);
    return worker !== undefined;
  });
  const shard = createShardHost({
    world,
    settings,
    oracle,
    broken,
    hasFrailQueue: dice.oneIn(2),
    forget: () => queue.forget(),
    send: async (ids) => await queue.send(ids),
  });
  const network = createNetwork(world, shard);
  for (let nth = 0; nth < dice.between(1, 3); nth += 1)
    workers.push(
      createWorkerHost({ world, tasks, name: `worker-${nth}`, connect: network.connect, oracle, resource }),
    );
  const customers = createCustomers(world, network.connect(), tasks.policies, oracle);

  for (const step of plan) {
    world.after(step.atMs, () => {
      world.tell(() => `— ${describeStep(step)}`);
      const { what } = step;
      if ("worker" in what) {
        const worker = workers[what.worker % workers.length];
        if (what.do === "cut") worker?.cut(what.forMs);
        else worker?.kill(what.point, what.downMs);
      } else if (what.do === "kill-shard") shard.kill(what.point, what.downMs);
      else if ("forMs" in what) queue[what.do](what.forMs);
      else if (what.do === "forget") queue.forget();
      else customers.act(what);
    });
  }
  world.after(TROUBLE_MS, () => {
    queue.mend();
    network.mend();
  });
  // After whatever was still on its way.
  world.after(TROUBLE_MS + 20_000, () => {
    for (const type of new Set(TYPES)) customers.act({ do: "resume", type });
  });
  for (let untilMs = LOOK_MS; ; untilMs += untilMs < TROUBLE_MS ? LOOK_MS : CALM_LOOK_MS) {
    await world.settleUntil(untilMs);
    // A publisher that was refused pauses for a minute at most.
    const isQuiet = untilMs < queue.refusesUntilMs + 61_000;
    if (shard.isUp && untilMs > shard.upMs + 6_000)
      oracle.look(shard.store.list({ most: 1_000 }), untilMs, isQuiet);
    oracle.check();
    if (untilMs <= TROUBLE_MS) continue;
    const unrest = expectPeace({ customers, shard, oracle, resource });
    if (unrest === undefined) return;
    if (untilMs >= PEACE_MS) throw new BrokenInvariant(unrest);
  }
}
