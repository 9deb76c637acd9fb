import { type Book } from "./book.ts";
import { claim, type Claimed } from "./claim.ts";
import { cancel, type Cancelled, redrive, type Retried, retryTask, setPaused } from "./control.ts";
import { enqueue, type Enqueue, type Enqueued, enqueueGroup, type EnqueueGroup } from "./enqueue.ts";
import type { JsonValue } from "./json.ts";
import type { TaskRow } from "./row.ts";
import { beat, type Beat, type BeatAnswer, hear, report, type Report, saveRecord } from "./settle.ts";
import type { Count } from "./store.ts";
import { createTally } from "./tally.ts";
import { publishAgain, published, tick, waitingToBePublished } from "./tick.ts";
import { type Blocker, explainGroup } from "./why.ts";

/**
 * The truth about the tasks of one shard. Every call is one transaction; nothing of it may be told to anybody before it
 * is durable.
 */
export interface Ledger {
  enqueue(tasks: readonly Enqueue[], nowMs: number): readonly Enqueued[];
  enqueueGroup(group: EnqueueGroup, nowMs: number): Enqueued;
  claim(worker: string, ids: readonly string[], nowMs: number): readonly Claimed[];
  beat(beats: readonly Beat[], nowMs: number): BeatAnswer;
  /** The answer to beats that were taken before, as it is now. */
  hear(beats: readonly Beat[]): BeatAnswer;
  report(reports: readonly Report[], nowMs: number): readonly string[];
  saveRecord(held: { id: string; fence: number }, record: JsonValue | undefined): boolean;
  cancel(id: string, nowMs: number): Cancelled;
  retry(id: string, nowMs: number): Retried;
  redrive(which: { type?: string | undefined; most: number }, nowMs: number): number;
  setPaused(type: string, paused: boolean, nowMs: number): void;
  why(group: string, most: number): readonly Blocker[];
  /** Does what is due. @returns Whether there is more to do at once. */
  tick(nowMs: number): boolean;
  /** Tasks to be published now. */
  outbox(nowMs: number, most: number): readonly TaskRow[];
  /** All messages that were sent are lost. */
  publishAgain(nowMs: number): void;
  published(ids: readonly string[], when: { readonly readMs: number; readonly nowMs: number }): void;
  /** How many tasks of each type are in each state, in no order. */
  counts(): readonly Count[];
}

/** Opens a ledger over its rows. */
export function createLedger(rest: Omit<Book, "tally">): Ledger {
  const { store } = rest;
  const tally = createTally(() => store.counts());
  const book = { ...rest, tally };
  const all = <A extends readonly unknown[], T>(run: (of: Book, ...args: A) => T) => {
    return (...args: A): T => {
      try {
        return store.transact(() => run(book, ...args));
      } catch (error) {
        tally.forget();
        throw error;
      }
    };
  };
  return {
    enqueue: all(enqueue),
    enqueueGroup: all(enqueueGroup),
    claim: all(claim),
    beat: all(beat),
    hear: all(hear),
    report: all(report),
    saveRecord: all(saveRecord),
    cancel: all(cancel),
    retry: all(retryTask),
    redrive: all(redrive),
    setPaused: all(setPaused),
    why: all(explainGroup),
    tick: all(tick),
    outbox: all(waitingToBePublished),
    publishAgain: all(publishAgain),
    published: all(published),
    counts: () => tally.counts(),
  };
}
