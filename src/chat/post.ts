import type { Entry, Log, Place } from "./log.ts";
import type { Member, Message } from "./wire.ts";

/** What somebody wants to say, on its way into the log. */
export interface Letter<S> {
  readonly from: S;
  readonly sender: Member;
  readonly id: string;
  readonly text: string;
}

/** What became of it. */
export interface Receipt<S> {
  readonly letter: Letter<S>;
  readonly place: Place;
  /** Whether it had been stored before. */
  readonly isRepeated: boolean;
}

/**
 * Stores what is to be said, all of it at once. What a sender has said under the same id within `dedupeMs` is not said
 * again: the receipt is that of the first time.
 *
 * @throws What the log throws; then nothing is stored.
 */
export function storeLetters<S>(
  log: Log,
  letters: readonly Letter<S>[],
  { nowMs, dedupeMs }: { readonly nowMs: number; readonly dedupeMs: number },
): { readonly receipts: readonly Receipt<S>[]; readonly messages: readonly Message[] } {
  const entries: Entry[] = [];
  const places = new Map<string, Place>();
  let seq = log.last();
  const receipts = letters.map((letter): Receipt<S> => {
    const { sender, id, text } = letter;
    // No uid has a line break.
    const key = `${sender.uid}\n${id}`;
    const found = places.get(key) ?? recent(log.find(sender.uid, id), nowMs - dedupeMs);
    if (found !== undefined) return { letter, place: found, isRepeated: true };
    seq += 1;
    const place = { seq, ts: nowMs };
    places.set(key, place);
    entries.push({ seq, uid: sender.uid, name: sender.name, text, ts: nowMs, id });
    return { letter, place, isRepeated: false };
  });
  if (entries.length > 0) log.append(entries);
  return {
    receipts,
    messages: entries.map(({ seq: number, uid, name, text, ts }) => ({ seq: number, uid, name, text, ts })),
  };
}

function recent(place: Place | undefined, sinceMs: number): Place | undefined {
  return place !== undefined && place.ts >= sinceMs ? place : undefined;
}
