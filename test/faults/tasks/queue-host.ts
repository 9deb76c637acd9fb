import type { WakeUp } from "../../../src/tasks/consumer.ts";
import type { World } from "../world.ts";

/** A queue that loses, doubles, delays and mixes up messages. */
export interface QueueHost {
  /** As `sendBatch`: rejects while it refuses. */
  send(ids: readonly string[]): Promise<void>;
  refuse(forMs: number): void;
  /** Loses all that is sent. */
  drop(forMs: number): void;
  /** Loses what is in it, as a local one does with its machine. */
  forget(): void;
  /** From now on it does what it should. */
  mend(): void;
  /** Until when it refused the last time. */
  readonly refusesUntilMs: number;
}

/** A message that nobody has acknowledged is delivered again. */
const VISIBLE_AGAIN_MS = 30_000;
const MOST_IN_BATCH = 8;

/** @param deliver Gives a batch to a worker. @returns Whether there is one. */
export function createQueueHost(world: World, deliver: (batch: readonly WakeUp[]) => boolean): QueueHost {
  const { dice } = world;
  let badness = dice.pick([0, 30, 5]);
  const isBad = () => badness > 0 && dice.oneIn(badness);
  let refusesUntilMs = 0;
  let dropsUntilMs = 0;
  let life = 0;
  let ready: string[] = [];
  let isPumping = false;

  const arrive = (id: string, afterMs: number) => {
    const own = life;
    world.after(afterMs, () => {
      if (own !== life) return;
      ready.push(id);
      pump();
    });
  };

  const pump = () => {
    if (isPumping) return;
    isPumping = true;
    world.after(dice.between(0, 20), () => {
      isPumping = false;
      if (ready.length === 0) return;
      const size = dice.between(1, MOST_IN_BATCH);
      const batch = ready.splice(0, size);
      if (!deliver(batch.map(messageOf))) {
        ready.push(...batch);
        world.after(500, pump);
      } else if (ready.length > 0) pump();
    });
  };

  const messageOf = (id: string): WakeUp => {
    let isDone = false;
    const once = (run: () => void) => {
      if (!isDone) run();
      isDone = true;
    };
    world.after(VISIBLE_AGAIN_MS, () => once(() => arrive(id, 0)));
    return {
      body: id,
      ack: () => once(() => undefined),
      retry: ({ delaySeconds = 0 } = {}) => once(() => arrive(id, delaySeconds * 1_000)),
    };
  };

  return {
    get refusesUntilMs() {
      return refusesUntilMs;
    },
    async send(ids) {
      if (world.now() < refusesUntilMs) {
        world.saw("a send that was refused");
        throw new Error("Too Many Requests");
      }
      for (const id of ids) {
        if (world.now() < dropsUntilMs || isBad()) {
          world.saw("a message that was lost");
          continue;
        }
        const times = isBad() ? 2 : 1;
        if (times === 2) world.saw("a message that came twice");
        for (let time = 0; time < times; time += 1)
          arrive(id, isBad() ? dice.pick([2_000, 20_000, 90_000]) : dice.between(0, 30));
      }
      await Promise.resolve();
    },
    refuse: (forMs) => void (refusesUntilMs = world.now() + forMs),
    drop: (forMs) => void (dropsUntilMs = world.now() + forMs),
    forget() {
      life += 1;
      ready = [];
    },
    mend() {
      badness = 0;
      dropsUntilMs = 0;
      refusesUntilMs = Math.min(refusesUntilMs, world.now());
    },
  };
}
