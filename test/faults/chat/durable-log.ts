import type { Entry, Log } from "../../../src/chat/log.ts";
import { memoryLog } from "../../chat/memory-log.ts";

/** A log whose last rows are lost with the machine until they are committed. */
export interface DurableLog extends Log {
  /** Everything that was ever committed, whether or not it is still kept. */
  readonly committed: readonly Entry[];
  /** Whether something was written since the last commit. */
  readonly isDirty: boolean;
  /** As an object's storage would: everything until now is on disk. */
  commit(): void;
  /** Loses what was not committed. */
  crash(): void;
  /** The next append fails. */
  failOnce(): void;
}

/** Opens an empty one. */
export function openDurableLog(epoch: string): DurableLog {
  const committed: Entry[] = [];
  let log = memoryLog(epoch);
  let appended: Entry[] = [];
  let cuts: Parameters<Log["trim"]>[0][] = [];
  let fails = false;
  return {
    epoch,
    committed,
    get isDirty() {
      return appended.length > 0;
    },
    last: () => log.last(),
    oldest: () => log.oldest(),
    oldestIdMs: () => log.oldestIdMs(),
    range: (from, to) => log.range(from, to),
    find: (uid, id) => log.find(uid, id),
    append(entries) {
      if (fails) {
        fails = false;
        throw new Error("The disk is full");
      }
      log.append(entries);
      appended.push(...entries);
    },
    trim(cut) {
      log.trim(cut);
      cuts.push(cut);
    },
    commit() {
      committed.push(...appended);
      appended = [];
    },
    crash() {
      // Cuts are not undone: rows that were let go are let go a moment later, too.
      appended = [];
      const rest = memoryLog(epoch);
      rest.append(committed);
      for (const cut of cuts) rest.trim(cut);
      log = rest;
      cuts = cuts.slice(-1);
    },
    failOnce: () => void (fails = true),
  };
}
