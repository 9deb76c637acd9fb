import type { Claimed } from "../../../src/tasks/claim.ts";
import { CLEAN_UP } from "../../../src/tasks/clean-up.ts";
import type { TaskPolicy } from "../../../src/tasks/define.ts";
import { isEnded, NEVER, type TaskRow } from "../../../src/tasks/row.ts";
import type { Report } from "../../../src/tasks/settle.ts";
import { BrokenInvariant } from "../find-failure.ts";

/** Who holds a task, as somebody sees it who only watches what is claimed, renewed and reported. */
interface Holder {
  readonly fence: number;
  readonly untilMs: number;
  readonly slot: string | undefined;
}

/** What was seen and is on disk, or will be. */
interface Seen {
  readonly holders: Map<string, Holder>;
  /** Starts of each type that has a rate. */
  readonly starts: Map<string, readonly number[]>;
  /** Results that were taken, by task. */
  readonly results: Map<string, string | undefined>;
  readonly ended: Set<string>;
  readonly joined: Set<string>;
}

const copyOf = ({ holders, starts, results, ended, joined }: Seen): Seen => ({
  holders: new Map(holders),
  starts: new Map(starts),
  results: new Map(results),
  ended: new Set(ended),
  joined: new Set(joined),
});

/** How late the ledger may be, besides what it waits for. */
const LATE_MS = 5_000;

/** Watches what a shard does, and knows what it may not do. */
export type Oracle = ReturnType<typeof createOracle>;

/** @param policyOf What the plan says of a type. */
export function createOracle(policyOf: (type: string) => TaskPolicy, leaseMs: number) {
  let seen: Seen = {
    holders: new Map(),
    starts: new Map(),
    results: new Map(),
    ended: new Set(),
    joined: new Set(),
  };
  let onDisk = copyOf(seen);
  let broken: BrokenInvariant | undefined;
  /** Claims that workers have heard of. */
  const delivered = new Set<string>();
  /** What waits for a group, with the tasks of the group. */
  const groups = new Map<string, readonly string[]>();
  const fail = (message: string) => void (broken ??= new BrokenInvariant(message));

  return {
    fail,
    /** @throws {BrokenInvariant} If something was seen that may not be. */
    check() {
      if (broken !== undefined) throw broken;
    },
    commit: () => void (onDisk = copyOf(seen)),
    crash: () => void (seen = copyOf(onDisk)),
    hasEnded: (id: string) => onDisk.ended.has(id),
    resultOf: (id: string) => onDisk.results.get(id),
    grouped: (next: string, members: readonly string[]) => void groups.set(next, members),

    /** A row is about to be written. @param during What the shard was asked to do. */
    put(
      before: TaskRow | undefined,
      after: TaskRow,
      during: string,
      row: (id: string) => TaskRow | undefined,
    ) {
      const { id, state } = after;
      if (before !== undefined && isEnded(before) && state !== before.state) {
        const isAsked = ["retry", "redrive"].includes(during) && before.state !== "succeeded";
        // What is to be put away is so again each time that its task ends.
        if (state !== "queued" || !(isAsked || after.type === CLEAN_UP))
          fail(`${id} was ${before.state} and became ${state}, by ${during}`);
      }
      if (before !== undefined && after.fence < before.fence) fail(`the fence of ${id} fell`);
      if (isEnded(after)) seen.ended.add(id);
      else seen.ended.delete(id);
      if (state !== "running") seen.holders.delete(id);
      const members = before === undefined ? groups.get(id) : undefined;
      if (members === undefined) return;
      if (seen.joined.has(id)) fail(`a group was joined twice, by ${id}`);
      seen.joined.add(id);
      const open = members.find((member) => {
        const one = row(member);
        return one !== undefined && !isEnded(one);
      });
      if (open !== undefined) fail(`a group was joined by ${id} before ${open} had ended`);
    },

    claimed(claims: readonly Claimed[], slotOf: (id: string) => string | undefined, nowMs: number) {
      for (const { id, type, fence } of claims) {
        const holder = seen.holders.get(id);
        if (holder !== undefined && nowMs < holder.untilMs)
          fail(`${id} was given away under ${fence}, while ${holder.fence} held it until ${holder.untilMs}`);
        const slot = slotOf(id);
        seen.holders.set(id, { fence, untilMs: nowMs + leaseMs, slot });
        const { concurrency, rate } = policyOf(type);
        const running = [...seen.holders.values()].filter((one) => one.slot === slot).length;
        if (slot !== undefined && concurrency !== undefined && running > concurrency)
          fail(`${running} run in \`${slot}\``);
        if (rate === undefined) continue;
        const starts = [...(seen.starts.get(type) ?? []), nowMs];
        seen.starts.set(type, starts);
        for (const [index, fromMs] of starts.entries()) {
          const most = rate.count + Math.floor(((nowMs - fromMs) * rate.count) / rate.perMs);
          if (starts.length - index > most)
            fail(`${starts.length - index} of \`${type}\` began since ${fromMs}`);
        }
      }
    },

    /** A worker has heard that a task is its own. */
    heard(claims: readonly Claimed[]) {
      for (const { id, fence } of claims) {
        const claim = `${id} under ${fence}`;
        if (delivered.has(claim)) fail(`two workers were given ${claim}`);
        delivered.add(claim);
      }
    },

    /** @param lost Those that the ledger says are not the worker's. */
    beaten(
      beats: readonly { readonly id: string; readonly fence: number }[],
      lost: readonly string[],
      nowMs: number,
    ) {
      for (const { id, fence } of beats) {
        const holder = seen.holders.get(id);
        if (lost.includes(id)) continue;
        if (holder?.fence !== fence)
          fail(`the lease of ${id} was renewed under ${fence}, which nobody holds`);
        else seen.holders.set(id, { ...holder, untilMs: nowMs + leaseMs });
      }
    },

    /** Is called before the ledger is. @returns To be called with what the ledger refused. */
    reporting(reports: readonly Report[]) {
      const holders = new Map(seen.holders);
      return (refused: readonly string[]) => {
        for (const { id, fence, outcome } of reports) {
          if (refused.includes(id)) continue;
          if (holders.get(id)?.fence !== fence)
            fail(`a report of ${id} under ${fence} was taken, which nobody holds`);
          if (outcome.kind === "succeeded") seen.results.set(id, outcome.result);
        }
      };
    },

    /** Looks at all rows: what is overdue was forgotten. @param isQuiet Whether nothing can be sent for now. */
    look(rows: readonly TaskRow[], nowMs: number, isQuiet: boolean) {
      for (const row of rows) {
        const { id, state, wakeMs, leaseMs: untilMs = NEVER, cancelMs = NEVER } = row;
        if (state === "running" && Math.min(untilMs, cancelMs + LATE_MS) + LATE_MS < nowMs)
          fail(`${id} is still running; its lease ended at ${untilMs}, and it was cancelled at ${cancelMs}`);
        if (state === "scheduled" && wakeMs + LATE_MS < nowMs) fail(`${id} was due at ${wakeMs}`);
        if (state === "queued" && wakeMs + LATE_MS < nowMs && !isQuiet)
          fail(`${id} was to be sent at ${wakeMs}`);
      }
    },
  };
}
