import { type ClientFrame, type Position, type RoomFrame, VERSION, type Welcome } from "../wire.ts";
import { createAcks } from "./acks.ts";
import type { Answer, Effect } from "./effects.ts";
import { ChatError, type ChatEvent } from "./events.ts";
import type { CoreOptions } from "./options.ts";
import { createOutbox, type Request } from "./outbox.ts";
import { changeRoster, isPartial, NOBODY, type Roster, type RosterFrame } from "./roster.ts";
import { createTranscript } from "./transcript.ts";

const encoder = new TextEncoder();

/** How many messages may wait to be sent. */
const MOST_UNSENT = 1_000;

/** What a client and a room have said to one another, over all connections. */
export interface Conversation {
  readonly name: string;
  readonly uid: string | undefined;
  readonly position: Position | undefined;
  readonly roster: Roster;
  /** When {@link flush} has something to send. */
  readonly dueMs: number;
  hello(): ClientFrame;
  welcome(frame: Welcome): void;
  hear(frame: Exclude<RoomFrame, { t: "welcome" | "bye" }>, now: number): void;
  /** So much came, of whatever kind. */
  arrived(characters: number, isOfMessages: boolean): void;
  taken(seq: number, now: number): void;
  ask(frame: Request): void;
  forget(id: string): void;
  /** What is to be sent now, over a connection that is welcome. */
  flush(now: number): readonly ClientFrame[];
  /** Saves what has changed of what is to be kept: before anything of it is sent. */
  keep(): void;
  disconnected(): void;
  /** Nobody will answer any more. */
  end(reason: string): void;
}

/** Begins one, or goes on with one that was kept. What comes of it is told to `out`. */
export function createConversation(options: CoreOptions, out: (effect: Effect) => void): Conversation {
  const { saved, resume, makeId, wallNow } = options;
  const outbox = createOutbox();
  const acks = createAcks(options.random);
  let { name } = options;
  let uid: string | undefined;
  let epoch = resume?.epoch ?? "";
  let roster = NOBODY;
  /** The most that a frame may have. */
  let frameBytes = Infinity;
  for (const { id, text, firstMs } of saved.unsent) outbox.add({ t: "send", id, text }, firstMs);

  const emit = (event: ChatEvent) => out({ do: "emit", event });
  const settle = (id: string, answer: Answer) => out({ do: "settle", id, answer });
  let isKept = true;

  const transcript = createTranscript({ ...options, from: resume?.seq, outbox, emit });

  const fail = (frame: Request, error: ChatError) => {
    settle(frame.id, { t: "failed", error });
    if (frame.t !== "send") return;
    emit({ type: "failed", id: frame.id, text: frame.text, error });
    isKept = false;
  };

  /** Whether the room reads a frame at all: it does not find out whose one is that is too large. */
  const fits = (frame: Request) => {
    if (encoder.encode(JSON.stringify(frame)).length <= frameBytes) return true;
    outbox.remove(frame.id);
    fail(frame, new ChatError("bad-frame", `Expected a frame of at most ${frameBytes} bytes`));
    return false;
  };

  /** Takes the request that an answer is for. */
  const isAnswered = (id: string, t: Request["t"]) => outbox.remove(id)?.t === t;

  const refused = ({ id, code, message, retryable, retryAfterMs }: RefusalFrame, now: number) => {
    if (id === undefined) return emit({ type: "complaint", code, message });
    if (retryable) return outbox.refuse(id, code === "flood", retryAfterMs, now);
    const frame = outbox.remove(id);
    if (frame !== undefined && !transcript.refused(id)) fail(frame, new ChatError(code, message));
  };

  const changeWho = (frame: RosterFrame) => {
    const before = roster;
    roster = changeRoster(roster, frame);
    if (roster === before) return;
    if (frame.t === "presence" && isPartial(before, frame)) outbox.add({ t: "who", id: makeId() });
    const { join = [], leave = [], nick = [] } = frame.t === "presence" ? frame : {};
    name = nick.find((member) => member.uid === uid)?.name ?? name;
    emit({ type: "presence", members: roster.members, count: roster.count, join, leave, nick });
  };

  /** Where this client is in the log, if it knows. */
  const position = () => (transcript.seq === undefined ? undefined : { epoch, seq: transcript.seq });

  return {
    get name() {
      return name;
    },
    get uid() {
      return uid;
    },
    get position() {
      return position();
    },
    get roster() {
      return roster;
    },
    get dueMs() {
      return Math.min(outbox.dueMs, acks.dueMs);
    },
    hello() {
      const resumed = position();
      return { t: "hello", v: VERSION, name, cid: saved.cid, ...(resumed && { resume: resumed }) };
    },
    welcome(frame) {
      ({ uid, name } = frame);
      emit({ type: "welcome", welcome: frame });
      const { seq } = frame;
      ({ frameBytes } = frame.limits);
      const known = transcript.seq;
      if (known === undefined || epoch !== frame.epoch || seq < known) {
        if (known !== undefined) emit({ type: "reset", position: { epoch: frame.epoch, seq } });
        transcript.begin(seq);
        ({ epoch } = frame);
      } else if (!frame.recovered) transcript.reach(seq);
      acks.reset(transcript.seq ?? seq, frame.limits);
      roster = NOBODY;
      changeWho(frame);
    },
    hear(frame, now) {
      switch (frame.t) {
        case "msg":
          return transcript.take([frame]);
        case "batch":
          return transcript.take(frame.m);
        case "gap":
          return transcript.reach(frame.to);
        case "presence":
          return changeWho(frame);
        case "typing":
          return emit({ type: "typing", uid: frame.uid, on: frame.on });
        case "err":
          return refused(frame, now);
        case "ok": {
          if (!isAnswered(frame.id, "send")) return;
          const { id, seq, ts } = frame;
          settle(id, { t: "done", value: { seq, ts } });
          emit({ type: "sent", id, seq, ts });
          isKept = false;
          return;
        }
        case "named":
          if (!isAnswered(frame.id, "nick")) return;
          ({ name } = frame);
          return settle(frame.id, { t: "done", value: name });
        case "who":
          changeWho(frame);
          if (!isAnswered(frame.id, "who")) return;
          return settle(frame.id, { t: "done", value: { members: frame.members, count: frame.count } });
        case "history":
          if (!isAnswered(frame.id, "history")) return;
          if (transcript.takePage(frame.id, frame.items, frame.more)) return;
          return settle(frame.id, { t: "done", value: { items: frame.items, more: frame.more } });
      }
    },
    arrived: acks.arrived,
    taken: (seq, now) => acks.taken(seq, now),
    ask(frame) {
      if (frame.t === "send" && outbox.size >= MOST_UNSENT) {
        const rule = `Expected at most ${MOST_UNSENT} messages to wait for the room`;
        settle(frame.id, { t: "failed", error: new ChatError("outbox-full", rule) });
        return;
      }
      outbox.add(frame);
      if (frame.t === "send") isKept = false;
    },
    forget(id) {
      if (outbox.forget(id)) isKept = false;
    },
    flush(now) {
      transcript.askForMissing();
      const { frames: ready, uncertain } = outbox.flow(now, wallNow());
      const frames = ready.filter(fits);
      for (const frame of uncertain) {
        fail(
          frame,
          new ChatError("uncertain", "The answer never came; the room may have the message or not"),
        );
      }
      if (frames.some((frame) => frame.t === "send")) isKept = false;
      const acked = acks.due(now);
      return acked === undefined ? frames : [...frames, { t: "ack", seq: acked }];
    },
    keep() {
      if (!isKept) out({ do: "save", saved: { cid: saved.cid, unsent: outbox.unsent } });
      isKept = true;
    },
    disconnected() {
      transcript.disconnected();
      outbox.disconnected();
    },
    end(reason) {
      for (const id of outbox.ids) settle(id, { t: "failed", error: new ChatError("ended", reason) });
    },
  };
}

type RefusalFrame = Extract<RoomFrame, { t: "err" }>;
