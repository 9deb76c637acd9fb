import type { Hall } from "./hall.ts";
import type { Log } from "./log.ts";
import { createPace } from "./pace.ts";
import type { RoomPorts } from "./ports.ts";
import { type Letter, storeLetters } from "./post.ts";
import { createRetention } from "./retention.ts";
import type { Session } from "./session.ts";

/** So many wait at most until they are stored and sent, whatever the pace. */
const MOST_QUEUED = 512;

/** What goes out to everyone: what was said, and who has come and gone. */
export interface Outflow<S> {
  say(letter: Letter<Session<S>>): void;
  /** Does at the end of a turn what need not wait. */
  settle(nowMs: number): void;
  /** A turn of its own has come, after everything that there was to do: what was sent before has left. */
  looked(nowMs: number): void;
  /** Lets go of what the log need not keep, if it is time. */
  trim(nowMs: number): void;
  dueMs(): number;
}

/** Makes it for a room. */
export function createOutflow<S>(
  hall: Hall<S>,
  log: Log,
  { report }: Pick<RoomPorts<S>, "report">,
): Outflow<S> {
  const { settings, presence } = hall;
  const retention = createRetention(log, settings);
  const pace = createPace();
  let letters: Letter<Session<S>>[] = [];
  /** Whether what was stored is still on its way to some. */
  let isUnderWay = false;

  /** Whether who wrote it is still there to hear of it. */
  const isHere = ({ from }: Letter<Session<S>>) => !from.isOver;

  const store = (batch: readonly Letter<Session<S>>[], nowMs: number) => {
    try {
      const { receipts, messages } = storeLetters(log, batch, { nowMs, dedupeMs: settings.dedupeMs });
      hall.push(messages);
      retention.appended(messages.length, nowMs);
      for (const { letter, place, isRepeated } of receipts) {
        if (!isHere(letter)) continue;
        hall.tell(letter.from, { t: "ok", id: letter.id, ...place, ...(isRepeated && { dup: true }) });
      }
    } catch (error) {
      report(error);
      for (const letter of batch.filter(isHere)) {
        const more = { id: letter.id, retryAfterMs: 1_000 };
        hall.refuse(letter.from, "unavailable", "The message could not be stored", more);
      }
    }
  };

  /** Stores all that is to be said, then says it to those whose turn it is, with all else that they lack. */
  const flush = (nowMs: number) => {
    if (letters.length === 0 && !isUnderWay) return;
    pace.began(nowMs);
    const batch = letters;
    letters = [];
    if (batch.length > 0) store(batch, nowMs);
    isUnderWay = hall.advanceSome(nowMs);
  };

  /** Tells who has come, gone, or goes by another name now. Who is behind hears that there was something. */
  const announce = (nowMs: number) => {
    const changes = presence.takeChanges(nowMs, hall.size());
    if (changes === undefined) return;
    hall.touch(nowMs);
    hall.tellAll(JSON.stringify(changes), nowMs);
  };

  return {
    say: (letter) => void letters.push(letter),
    settle(nowMs) {
      if (pace.isOpen(nowMs) || letters.length >= MOST_QUEUED) flush(nowMs);
      announce(nowMs);
    },
    looked: (nowMs) => pace.looked(nowMs, Math.min(hall.sizeHere(), settings.socketsPerTurn)),
    trim(nowMs) {
      try {
        retention.trim(nowMs);
      } catch (error) {
        // The log only gets longer than it need be.
        report(error);
        retention.postpone(nowMs);
      }
    },
    dueMs: () =>
      Math.min(pace.lookMs(), letters.length > 0 || isUnderWay ? pace.nextMs() : Infinity, retention.dueMs()),
  };
}
