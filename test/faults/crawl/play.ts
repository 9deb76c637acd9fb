import { Semaphore, sleep, VirtualClock } from "#kernel";
import type { BatchContext } from "../../../src/crawl/batch-context.ts";
import { type BatchCall, consumeCall } from "../../../src/crawl/consumer.ts";
import { driveCrawl, streamsFor } from "../../../src/crawl/drive.ts";
import { openFrontier } from "../../../src/crawl/frontier.ts";
import type { GateStub } from "../../../src/crawl/gate-stub.ts";
import { createJudge } from "../../../src/crawl/judge.ts";
import { type CrawlPlan, DEFAULT_SETTINGS } from "../../../src/crawl/plan.ts";
import { isSpared, runBatch } from "../../../src/crawl/run-batch.ts";
import type { Report } from "../../../src/crawl/wire.ts";
import { createPublisher } from "../../../src/work/outbox.ts";
import { memoryFrontier } from "../../crawl/memory-frontier.ts";
import { memoryGates } from "../../crawl/memory-gates.ts";
import { seededDice } from "../../support/random.ts";
import { makeFaults } from "./faults.ts";
import { makeSite } from "./site.ts";
import { makeNetwork } from "./network.ts";
import { Broken, type Ending, type PlayOptions } from "./play-options.ts";

/** A crawl is over by then, whatever goes wrong. */
const MOST_MS = 10_000_000;
const AGAIN_MS = 5_000;
const NO_ARCHIVE = { keep: async () => await Promise.reject(new Error("Nothing is to be archived")) };
const never = new Promise<never>(() => undefined);

/** Plays a crawl to its end, with its object, its queue and its consumers. @throws When a promise is broken. */
export async function playCrawl(seed: number, options: PlayOptions): Promise<Ending> {
  const { isCalm = false, deaths, maxPages = 1_000, mutation = {} } = options;
  const dice = seededDice(seed);
  const clock = new VirtualClock((count) => dice.between(0, count - 1));
  const faults = makeFaults(clock, dice, deaths, isCalm);
  const site = makeSite(seed);
  const network = makeNetwork(site, clock, faults);
  const gates = memoryGates(clock);
  const rows = memoryFrontier();
  const store = mutation.store?.(rows) ?? rows;
  const plan: CrawlPlan = {
    startUrls: [site.start],
    maxPages,
    maxDepth: 100,
    concurrency: seededDice(seed).pick([3, 6, 18]),
    scope: { allow: ["*"] },
  };
  const settings = {
    ...DEFAULT_SETTINGS,
    attempts: 1_000,
    hostAttempts: 1_000,
    leaseMs: 60_000,
    ...mutation.settings,
  };
  const policy = { allowLoopback: true };
  const judge = createJudge(plan, policy);
  const now = () => clock.now();

  /** Hands on what a call does, unless whoever made it dies first or after. */
  const mortal =
    (isAlive: () => boolean) =>
    async <T>(act: () => Promise<T>): Promise<T> => {
      if (!isAlive()) return await never;
      const result = await act();
      return isAlive() ? result : await never;
    };
  const gateFor =
    (live: ReturnType<typeof mortal>) =>
    (host: string): GateStub => {
      const own = gates.gateFor(host);
      const gate = mutation.gate?.(own) ?? own;
      return {
        enter: async (who, origin) =>
          await live(async () => await faults.call(async () => await gate.enter(who, origin))),
        leave: async (who, origin, visit) =>
          await live(async () => await faults.call(async () => await gate.leave(who, origin, visit))),
      };
    };
  const over = Promise.withResolvers<void>();
  const contextFor = (isAlive: () => boolean): Omit<BatchContext, "connections" | "isWanted" | "rules"> => {
    const live = mortal(isAlive);
    return {
      who: "crawl",
      fetch: async (url, init) =>
        await live(async () => await network.fetch(url, init.signal as AbortSignal, isAlive)), // as ours is made
      clock,
      epochMs: now,
      hash: async () => await Promise.resolve(String(dice.between(0, 1e9))),
      judge,
      settings,
      policy,
      gateFor: gateFor(live),
      noteFailure: (event, error) => over.reject(new Broken(`${event}: ${String(error)}`)),
    };
  };

  let object = openObject();
  let stopAlarm: () => void = () => undefined;

  /** The crawl's object, as it is in memory; what dies with it is found again by whoever opens it next. */
  function openObject() {
    const frontier = openFrontier(store, {
      plan: mutation.plan?.(plan) ?? plan,
      settings,
      streams: streamsFor(plan.concurrency),
      spares: (host) => isSpared(new URL(`http://${host}`), settings.pace),
      random: () => 0.5,
    });
    const life = { isOver: false, isAwake: false };
    const connections = new Semaphore(6);
    const rules = new Map();
    const isAlive = () => !life.isOver;
    const publisher = createPublisher<number>(
      {
        waiting: (most) => (isAlive() ? frontier.untold().slice(0, most) : []),
        sizeBytes: () => 30,
        send: async (fences) => await mortal(isAlive)(async () => await send(fences)),
        sent: (fences) => frontier.told(fences),
        refused: () => undefined,
      },
      { now, random: () => 0.5 },
    );
    const publish = () => void (isAlive() && publisher.publish());
    const wake = () => {
      stopAlarm();
      if (frontier.state().phase !== "running") over.resolve();
      else setAlarm(frontier.untold().length > 0 ? now() : frontier.dueMs());
    };
    const take = (report: Report) => {
      const isTaken = frontier.report(report, now());
      check();
      return isTaken;
    };
    return {
      frontier,
      life,
      async alarm() {
        setAlarm(now() + AGAIN_MS);
        // One at a time: the next one waits for it.
        if (life.isAwake) return;
        life.isAwake = true;
        const endMs = now() + 300_000;
        await driveCrawl({
          frontier,
          run: async (batch) =>
            await runBatch(batch, {
              ...contextFor(isAlive),
              rules,
              connections,
              isWanted: () => isAlive() && frontier.isOut(batch.lease),
            }),
          take: (report) => void (isAlive() && take(report)),
          publish,
          now,
          goesOn: () => isAlive() && now() < endMs,
        });
        life.isAwake = false;
        if (isAlive()) wake();
      },
      begin: (fence: number) => frontier.begin("away", now(), fence),
      report(report: Report) {
        const isTaken = take(report);
        wake();
        publish();
        return isTaken;
      },
      wake,
    };
  }

  function setAlarm(atMs: number) {
    stopAlarm();
    if (atMs < Infinity)
      stopAlarm = clock.setTimer(() => void object.alarm().catch(over.reject), Math.max(0, atMs - now()));
  }

  function crash() {
    object.life.isOver = true;
    object = openObject();
    faults.saw("an object that ended");
  }

  async function send(fences: readonly number[]): Promise<void> {
    const oneIn = (count: number) => faults.dice.oneIn(count);
    await faults.call(() => {
      for (const fence of fences) {
        const copies = oneIn(12) ? 0 : oneIn(12) ? 2 : 1;
        if (copies !== 1) faults.saw(copies === 0 ? "a message that was lost" : "a message that came twice");
        for (let copy = 0; copy < copies; copy += 1) {
          const lateMs = oneIn(15) ? 90_000 : 100;
          clock.setTimer(() => void deliver({ crawl: "crawl", fence }, 3), dice.between(0, lateMs));
        }
      }
    });
  }

  async function deliver(body: BatchCall, triesLeft: number): Promise<void> {
    const life = { isOver: false };
    const isAlive = () => !life.isOver;
    const live = mortal(isAlive);
    const step = async <T>(act: () => T, isDear: boolean) => {
      if (faults.kills()) life.isOver = true;
      return await live(async () => await faults.call(act, isDear));
    };
    await consumeCall(
      {
        body,
        ack: () => undefined,
        retry: () => {
          if (triesLeft > 0) clock.setTimer(() => void deliver(body, triesLeft - 1), 1_000);
        },
      },
      {
        ...contextFor(isAlive),
        crawlFor: () => ({
          begin: async (fence) =>
            await step(() => {
              const batch = object.begin(fence);
              return batch && { order: { id: "crawl", plan, settings, allowLoopback: true }, batch };
            }, true),
          report: async (report) => await step(() => object.report(report), false),
        }),
        archiveFor: () => NO_ARCHIVE,
        earlierOf: async () => await Promise.resolve([]),
        noteFailure: () => undefined,
      },
    );
  }

  /** What is true after every report. */
  function check(): void {
    const { pages } = object.frontier.state().counts;
    const settled = rows.rows().filter((row) => row.settled?.kind === "page").length;
    if (settled !== pages) over.reject(new Broken(`${pages} pages are counted, and ${settled} are kept`));
    if (pages > maxPages) over.reject(new Broken(`${pages} pages are more than ${maxPages}`));
  }

  /** Ends the object now and then, whatever it is at. */
  async function fate(): Promise<void> {
    while (faults.hasDeaths()) {
      await sleep(dice.between(1, 3_000), undefined, clock);
      if (faults.kills()) crash();
    }
  }

  const verdict = judge(site.start);
  object.frontier.start(verdict.isIn ? [verdict.found] : [], 0);
  object.wake();
  clock.setTimer(() => over.reject(new Broken("It does not end")), MOST_MS);
  void fate();
  await clock.run(over.promise);
  network.expectWell();
  check();
  const pages = rows
    .rows()
    .filter((row) => row.settled?.kind === "page")
    .map(({ key, level, parent }) => `${key} ${level} ${rows.rows()[(parent ?? 0) - 1]?.key}`);
  if (new Set(pages).size !== pages.length) throw new Broken("A page is kept twice");
  return { state: object.frontier.state(), pages: pages.toSorted(), sights: faults.sights };
}
