import type { ChatEvent } from "../../../src/chat/client/events.ts";
import type { Message } from "../../../src/chat/wire.ts";
import { BrokenInvariant } from "../find-failure.ts";
import type { DurableLog } from "./durable-log.ts";

/** Something that a client said. */
interface Saying {
  readonly text: string;
  /** Its number, once the room has said so. */
  seq?: number;
}

/** The user of one client: believes nothing, and compares all of it with what is on the room's disk. */
export interface Reader {
  /** What was said, by id. */
  readonly said: ReadonlyMap<string, Saying>;
  /** The last message that was read. */
  readonly seq: number | undefined;
  says(id: string, text: string): void;
  hears(event: ChatEvent): void;
  /** Begins anew, with nothing read. */
  forgets(): void;
}

/** @param mostMissing More than this may be left out, if it is told. */
export function createReader(label: string, log: DurableLog, mostMissing: number): Reader {
  const said = new Map<string, Saying>();
  let seq: number | undefined;
  const broken = (what: string) => new BrokenInvariant(`${label} ${what}`);

  const read = (message: Message) => {
    if (message.seq !== (seq ?? NaN) + 1)
      throw broken(`read ${message.seq} after ${seq}, and was told of no gap`);
    seq = message.seq;
    const stored = log.committed[seq - 1];
    if (stored === undefined) throw broken(`read ${seq}, which is not stored`);
    const { id: _, ...expected } = stored;
    const isSame = (["seq", "uid", "name", "text", "ts"] as const).every(
      (key) => message[key] === expected[key],
    );
    if (!isSame) throw broken(`read ${JSON.stringify(message)}, stored is ${JSON.stringify(expected)}`);
  };

  const skip = (from: number, to: number) => {
    if (from !== (seq ?? NaN) + 1 || to < from)
      throw broken(`was told of a gap from ${from} to ${to} after ${seq}`);
    const isGone = to < (log.oldest()?.seq ?? log.last() + 1);
    const isTooMuch = to <= log.last() - mostMissing;
    if (!isGone && !isTooMuch) throw broken(`was told of a gap from ${from} to ${to}, which the log has`);
    seq = to;
  };

  const confirm = (id: string, at: number) => {
    const saying = said.get(id);
    const stored = log.committed[at - 1];
    if (saying === undefined) throw broken(`was told that ${id} is stored, and never said it`);
    if (stored === undefined)
      throw broken(`was told that \`${saying.text}\` is stored as ${at}, which it is not`);
    if (stored.id !== id || stored.text !== saying.text) {
      throw broken(`was told that \`${saying.text}\` is ${at}, which is \`${stored.text}\``);
    }
    if (saying.seq !== undefined && saying.seq !== at) throw broken(`was told that ${saying.seq} is ${at}`);
    saying.seq = at;
  };

  return {
    said,
    get seq() {
      return seq;
    },
    says(id, text) {
      if (said.has(id)) throw broken(`says two things under ${id}`);
      said.set(id, { text });
    },
    forgets: () => void (seq = undefined),
    hears(event) {
      switch (event.type) {
        case "welcome":
          seq ??= event.welcome.seq;
          return;
        case "message":
          return read(event.message);
        case "gap":
          return skip(event.from, event.to);
        case "sent":
          return confirm(event.id, event.seq);
        case "reset":
          throw broken(`was told of another log, at ${event.position.seq} after ${seq}`);
        case "failed":
          throw broken(`could not send \`${event.text}\`: ${event.error.code}, ${event.error.message}`);
        case "odd":
          throw broken(`did not understand ${String(event.data)}`);
        case "complaint":
          if (event.code === "bad-frame")
            throw broken(`said what the room does not understand: ${event.message}`);
          return;
        case "state":
        case "presence":
        case "typing":
      }
    },
  };
}
