import { consume, type WakeUp } from "../../../src/tasks/consumer.ts";
import type { PlannedTasks } from "../../../src/tasks/plan.ts";
import type { World } from "../world.ts";
import type { Call } from "./network.ts";
import { stubOver } from "./network.ts";
import type { Oracle } from "./oracle.ts";
import type { WORKER_POINTS } from "./plan.ts";
import type { Resource } from "./resource.ts";

/** A machine that runs batches. */
export interface WorkerHost {
  readonly isUp: boolean;
  take(batch: readonly WakeUp[]): void;
  /** Ends all that runs on it, at once or when it is next at that point; another is there after a time. */
  kill(point: (typeof WORKER_POINTS)[number], downMs: number): void;
  /** Cuts it off from the shard. */
  cut(forMs: number): void;
}

interface HostOptions {
  readonly world: World;
  readonly tasks: PlannedTasks;
  readonly name: string;
  readonly connect: (isCut: () => boolean) => Call;
  readonly oracle: Oracle;
  readonly resource: Resource;
}

/** Starts it. */
export function createWorkerHost({ world, tasks, name, connect, oracle, resource }: HostOptions): WorkerHost {
  const { dice } = world;
  let isUp = true;
  let life = 0;
  let doom: { readonly point: string; readonly downMs: number } | undefined;
  let cutUntilMs = 0;
  /** Where batches come one at a time, what runs is taken over. */
  const holds = dice.oneIn(2);

  const down = (downMs: number) => {
    world.tell(() => `${name} down for ${downMs}`);
    life += 1;
    isUp = false;
    doom = undefined;
    world.after(downMs, () => void (isUp = true));
  };

  const portsOf = (own: number) => {
    const isAlive = () => own === life;
    /** @returns Whether it ended there. */
    const meet = (point: string) => {
      if (!isAlive() || doom?.point !== point) return false;
      world.saw(`a kill ${point}`);
      down(doom.downMs);
      return true;
    };
    /** Nothing reaches who is no more. */
    const alive = async <T>(promise: Promise<T>, meets?: (value: T) => boolean): Promise<T> =>
      await new Promise<T>((resolve, reject) => {
        promise.then(
          (value) => isAlive() && meets?.(value) !== true && resolve(value),
          (error: unknown) => isAlive() && reject(error as Error),
        );
      });
    const stub = stubOver(
      connect(() => world.now() < cutUntilMs),
      tasks.policies,
    );
    const after = async (ms: number) => await alive(new Promise<void>((resolve) => world.after(ms, resolve)));

    /** The world of the handlers. */
    const fetch = async (url: string | URL): Promise<Response> => {
      const [what = "", id = "", third = ""] = String(url).split("/");
      await after(dice.between(0, 10));
      if (what === "kill") {
        world.saw("a handler that ends its worker");
        down(1_000);
        await alive(Promise.resolve());
      }
      if (what === "cleaned") resource.cleanUp(`${id}/${third}`);
      if (what === "effect") {
        resource.write(id, Number(third));
        if (meet("after-effect")) await alive(Promise.resolve());
      }
      const ms = Number(id);
      // What the handlers of a play read of an answer.
      return {
        text: async () => (what === "wait" && ms < Infinity ? await after(ms) : await new Promise(() => {})),
      } as never;
    };

    return {
      tasks,
      worker: `${name}.${own}`,
      shardFor: () => ({
        ...stub,
        claim: async (worker: string, ids: readonly string[]) =>
          await alive(stub.claim(worker, ids), (claims) => {
            oracle.heard(claims);
            return claims.length > 0 && meet("after-claim");
          }),
        beat: async (...args: Parameters<typeof stub.beat>) => await alive(stub.beat(...args)),
        report: async (...args: Parameters<typeof stub.report>) =>
          await alive(stub.report(...args), () => meet("after-report")),
        saveRecord: async (...args: Parameters<typeof stub.saveRecord>) =>
          await alive(stub.saveRecord(...args)),
      }),
      services: { fetch, variables: {}, allowLoopback: false },
      clock: {
        now: () => world.now(),
        setTimer: (callback: () => void, ms: number) => world.after(ms, () => isAlive() && callback()),
      },
      report: (event: string) => world.tell(() => `${name}: ${event}`),
      hold: holds ? async () => await Promise.resolve() : undefined,
    };
  };

  return {
    get isUp() {
      return isUp;
    },
    take(batch) {
      const own = life;
      const isAlive = () => own === life;
      const messages = batch.map((message): WakeUp => ({
        body: message.body,
        ack() {
          if (isAlive()) message.ack();
        },
        retry(options) {
          if (isAlive()) message.retry(options);
        },
      }));
      world.tell(() => `${name}.${own} takes ${batch.map(({ body }) => String(body).slice(-6)).join(" ")}`);
      void consume(messages, portsOf(own)).catch((error: unknown) =>
        oracle.fail(`a worker threw ${String(error)}`),
      );
    },
    kill(point, downMs) {
      if (!isUp) return;
      if (point === "now") {
        world.saw("a kill of a worker");
        down(downMs);
      } else doom = { point, downMs };
    },
    cut: (forMs) => void (cutUntilMs = world.now() + forMs),
  };
}
