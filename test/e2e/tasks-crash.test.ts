import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDoom } from "./crash/doom.ts";
import { type Machine, makeMachine } from "./crash/machine.ts";
import { until } from "./product.ts";

/** `npm run nightly` plays a thousand. */
const TASKS = Number(process.env["KILLED_TASKS"] ?? 50);
const LEASE_MS = 3_000;
/** How much later than its lease, or than the start of the runtime, a lost task is given up at most. */
const LATE_MS = 5_000;

/** Where the machine is when it is killed. */
const POINTS = [
  "before-send",
  "after-send",
  "after-claim",
  "after-effect",
  "after-complete",
  "in-alarm",
] as const;

interface TaskView {
  readonly state: string;
  readonly result: { readonly status: number };
  readonly events: readonly {
    readonly what: string;
    readonly at: string;
    readonly error?: { readonly code: string };
  }[];
}

/** Counts what tasks do to it, once for each key, and kills the machine when it is told to be at a point. */
async function startWitness() {
  const effects = new Map<string, number>();
  const doom = createDoom();
  const server = createServer((request: IncomingMessage, response) => {
    const { url = "", headers } = request;
    const key = headers["idempotency-key"];
    const point = url.startsWith("/at/") ? url.slice(4) : "after-effect";
    if (typeof key === "string") effects.set(key, (effects.get(key) ?? 0) + 1);
    if (!doom.meet(point)) response.end("done");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number }; // it listens at one
  return {
    url: `http://127.0.0.1:${port}`,
    effects,
    doom,
    close: () => server.close(),
  };
}

describe("tasks, when the runtime is killed at the worst moment", () => {
  let witness: Awaited<ReturnType<typeof startWitness>>;
  /** Each round goes on with what the one before has left. */
  let machine: Machine;
  let rounds = 0;

  beforeAll(async () => {
    witness = await startWitness();
    machine = await makeMachine(new URL("crash/crashing-worker.ts", import.meta.url), {
      TASK_LEASE_MS: String(LEASE_MS),
      CRASH_URL: witness.url,
    });
    await machine.start();
  });

  afterAll(async () => {
    await machine[Symbol.asyncDispose]();
    witness.close();
  });

  async function enqueue(round: string): Promise<readonly string[]> {
    const tasks = Array.from({ length: TASKS }, (_, index) => ({
      type: "fetch",
      payload: { url: `${witness.url}/effect`, method: "POST", body: String(index) },
      key: `${round} ${index}`,
      // Half of them are due a little later, by an alarm.
      ...(index % 2 === 0 ? {} : { delayMs: 500 }),
    }));
    const response = await fetch(`${machine.url}/v1/tasks/batch`, {
      method: "POST",
      body: JSON.stringify({ tasks }),
    });
    const { items } = (await response.json()) as { readonly items: readonly { readonly id: string }[] };
    return items.map(({ id }) => id);
  }

  async function succeeded(): Promise<number> {
    const response = await fetch(`${machine.url}/v1/tasks/stats`);
    const { types } = (await response.json()) as { types: { fetch: { counts: Record<string, number> } } };
    return types.fetch.counts["succeeded"] ?? 0;
  }

  /** What happened to a task is one story with one end, and what was lost with the machine was soon given to others. */
  function expectSound({ state, result, events }: TaskView, readyMs: number): void {
    expect([state, result.status]).toEqual(["succeeded", 200]);
    // What somebody without the lease wanted to write was refused, before or after.
    const story = events.filter(({ what }) => what !== "refused");
    expect(story.filter(({ what }) => what === "succeeded")).toHaveLength(1);
    expect(story.at(-1)?.what).toBe("succeeded");
    for (const [index, event] of story.entries()) {
      if (event.error?.code !== "lease-lost") continue;
      const leaseEndMs = Date.parse(story[index - 1]?.at ?? "") + LEASE_MS;
      expect(Date.parse(event.at) - Math.max(leaseEndMs, readyMs)).toBeLessThan(LATE_MS);
    }
  }

  it.each(POINTS)(
    "%s, all end once, with their effects, and soon",
    async (point) => {
      rounds += 1;
      witness.effects.clear();
      // An effect is told of each task, the rest of batches.
      witness.doom.killAt(point, point === "after-effect" ? TASKS / 5 : 2, machine.kill);
      const first = await enqueue(point).catch(() => undefined);
      await until(() => witness.doom.isDone());
      await machine.ended();
      await machine.start();
      // Who has heard nothing asks again, under the same keys.
      const ids = await enqueue(point);
      if (first !== undefined) expect(ids).toEqual(first);
      expect(new Set(ids).size).toBe(TASKS);
      await until(async () => (await succeeded()) === rounds * TASKS, 60_000 + TASKS * 100);
      let again = 0;
      for (const id of ids) {
        const response = await fetch(`${machine.url}/v1/tasks/${id}`);
        const view = (await response.json()) as TaskView; // what the routes' own tests show
        expectSound(view, machine.readyMs);
        if (view.events.some(({ error }) => error?.code === "lease-lost")) again += 1;
      }
      // Otherwise nothing was running when it was killed.
      if (point === "after-claim" || point === "after-effect") expect(again).toBeGreaterThan(0);
      // The other side does a thing once for a key; each task has one, whatever became of its attempts.
      expect([...witness.effects.keys()].toSorted()).toEqual(ids.map((id) => `"${id}"`).toSorted());
    },
    300_000,
  );
});
