import type { Message } from "../wire.ts";
import type { ChatEvent } from "./events.ts";
import type { CoreOptions } from "./options.ts";
import type { Outbox } from "./outbox.ts";
import { createSequence, type Sequence } from "./sequence.ts";

/** How many missing messages are asked for at once. */
const PAGE = 100;

/** What was said in a room, in its order. What is missing is asked for; what cannot be had is told of as a gap. */
export interface Transcript {
  /** The last message that came out; `undefined` as long as nobody knows where to begin. */
  readonly seq: number | undefined;
  /** Begins after a message. */
  begin(seq: number): void;
  /** Takes messages that came, in any order and any number of times. */
  take(messages: readonly Message[]): void;
  /** What is missing up to a number will not come by itself. */
  reach(seq: number): void;
  /** Asks for what is missing, if it has not; too much of it is left out. */
  askForMissing(): void;
  /** Takes a page of history. @returns Whether it was asked for here. */
  takePage(id: string, items: readonly Message[], more: boolean): boolean;
  /** A request was refused for good. @returns Whether it was made here. */
  refused(id: string): boolean;
  /** What was asked for does not come. */
  disconnected(): void;
}

interface TranscriptOptions extends Pick<CoreOptions, "mostMissing" | "makeId"> {
  /** The last message that is known, if there is one. */
  readonly from: number | undefined;
  readonly outbox: Pick<Outbox, "add" | "remove">;
  readonly emit: (event: ChatEvent) => void;
}

/** Begins one, or goes on with one. */
export function createTranscript(options: TranscriptOptions): Transcript {
  const { from, outbox, emit, mostMissing, makeId } = options;
  let sequence: Sequence | undefined = from === undefined ? undefined : createSequence(from);
  /** The request for what is missing, and up to where. */
  let fill: { readonly id: string; readonly to: number } | undefined;

  const deliver = (messages: readonly Message[]) => {
    for (const message of messages) emit({ type: "message", message });
  };

  /** Goes on without what is missing up to a number, and says so. */
  const giveUpTo = (to: number) => {
    for (let hole = sequence?.hole; hole !== undefined && hole.from <= to; hole = sequence?.hole) {
      const end = Math.min(hole.to, to);
      emit({ type: "gap", from: hole.from, to: end });
      deliver(sequence?.skipTo(end) ?? []);
    }
  };

  /** Takes the request for what is missing, if it is this one. @returns Up to where that was. */
  const takeFill = (id: string) => {
    if (id !== fill?.id) return undefined;
    const { to } = fill;
    fill = undefined;
    return to;
  };

  return {
    get seq() {
      return sequence?.seq;
    },
    begin: (seq) => void (sequence = createSequence(seq)),
    take: (messages) => deliver(sequence?.take(messages) ?? []),
    reach: (seq) => sequence?.reach(seq),
    askForMissing() {
      const hole = sequence?.hole;
      if (hole === undefined || fill !== undefined) return;
      giveUpTo(hole.to - mostMissing);
      if (sequence?.hole === undefined) return;
      fill = { id: makeId(), to: hole.to };
      outbox.add({ t: "history", id: fill.id, after: sequence.seq, limit: PAGE });
    },
    takePage(id, items, more) {
      const to = takeFill(id);
      if (to === undefined) return false;
      // Nothing beyond it: what the room has not sent it does not expect to be acknowledged.
      deliver(sequence?.take(items.filter(({ seq }) => seq <= to)) ?? []);
      // What is missing below the last of a page is not kept any more; without a last one, none of it is.
      giveUpTo(more ? Math.min(to, items.at(-1)?.seq ?? to) : to);
      return true;
    },
    refused(id) {
      const to = takeFill(id);
      if (to !== undefined) giveUpTo(to);
      return to !== undefined;
    },
    disconnected() {
      if (fill !== undefined) outbox.remove(fill.id);
      fill = undefined;
      sequence = sequence && createSequence(sequence.seq);
    },
  };
}
