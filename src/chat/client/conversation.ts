import {
  type ClientFrame,
  type Message,
  type Position,
  type RoomFrame,
  VERSION,
  type Welcome,
} from "../wire.ts";
import { createAcks } from "./acks.ts";
import type { CoreOptions } from "./core.ts";
import type { Answer, Effect } from "./effects.ts";
import { ChatError, type ChatEvent } from "./events.ts";
import { createOutbox, type Request } from "./outbox.ts";
import { changeRoster, isPartial, NOBODY, type Roster, type RosterFrame } from "./roster.ts";
import { createSequence, type Sequence } from "./sequence.ts";

/** How many missing messages are asked for at once. */
const PAGE = 100;

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
  arrived(characters: number): void;
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
  const { saved, resume, mostMissing, makeId, wallNow } = options;
  const outbox = createOutbox();
  const acks = createAcks(options.random);
  let { name } = options;
  let uid: string | undefined;
  let epoch = resume?.epoch ?? "";
  let sequence: Sequence | undefined = resume && createSequence(resume.seq);
  let roster = NOBODY;
  /** The most that a frame may have. */
  let frameBytes = Infinity;
  /** The request for what is missing, and up to where. */
  let fill: { readonly id: string; readonly to: number } | undefined;
  for (const { id, text, firstMs } of saved.unsent) outbox.add({ t: "send", id, text }, firstMs);

  const emit = (event: ChatEvent) => out({ do: "emit", event });
  const settle = (id: string, answer: Answer) => out({ do: "settle", id, answer });
  let isKept = true;

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

  const filled = (items: readonly Message[], more: boolean, to: number) => {
    fill = undefined;
    // Nothing beyond it: what the room has not sent it does not expect to be acknowledged.
    deliver(sequence?.take(items.filter(({ seq }) => seq <= to)) ?? []);
    // What is missing below the last of a page is not kept any more; without a last one, none of it is.
    giveUpTo(more ? Math.min(to, items.at(-1)?.seq ?? to) : to);
  };

  const refused = ({ id, code, message, retryable, retryAfterMs }: RefusalFrame, now: number) => {
    if (id === undefined) return emit({ type: "complaint", code, message });
    if (retryable) return outbox.refuse(id, code === "flood", retryAfterMs, now);
    const frame = outbox.remove(id);
    if (frame === undefined) return;
    if (id !== fill?.id) return fail(frame, new ChatError(code, message));
    const { to } = fill;
    fill = undefined;
    giveUpTo(to);
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

  /** Asks for what is missing, if it has not; too much of it is left out. */
  const askForMissing = () => {
    const hole = sequence?.hole;
    if (hole === undefined || fill !== undefined) return;
    giveUpTo(hole.to - mostMissing);
    if (sequence?.hole === undefined) return;
    fill = { id: makeId(), to: hole.to };
    outbox.add({ t: "history", id: fill.id, after: sequence?.seq ?? 0, limit: PAGE });
  };

  return {
    get name() {
      return name;
    },
    get uid() {
      return uid;
    },
    get position() {
      return sequence && { epoch, seq: sequence.seq };
    },
    get roster() {
      return roster;
    },
    get dueMs() {
      return Math.min(outbox.dueMs, acks.dueMs);
    },
    hello() {
      const at = sequence && { resume: { epoch, seq: sequence.seq } };
      return { t: "hello", v: VERSION, name, cid: saved.cid, ...at };
    },
    welcome(frame) {
      ({ uid, name } = frame);
      emit({ type: "welcome", welcome: frame });
      const { seq } = frame;
      ({ frameBytes } = frame.limits);
      if (sequence === undefined || epoch !== frame.epoch || seq < sequence.seq) {
        if (sequence !== undefined) emit({ type: "reset", position: { epoch: frame.epoch, seq } });
        sequence = createSequence(seq);
        ({ epoch } = frame);
      } else if (!frame.recovered) sequence.reach(seq);
      acks.reset(sequence.seq, frame.limits);
      roster = NOBODY;
      changeWho(frame);
    },
    hear(frame, now) {
      switch (frame.t) {
        case "msg":
          return deliver(sequence?.take([frame]) ?? []);
        case "batch":
          return deliver(sequence?.take(frame.m) ?? []);
        case "gap":
          return sequence?.reach(frame.to);
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
          if (frame.id === fill?.id) return filled(frame.items, frame.more, fill.to);
          return settle(frame.id, { t: "done", value: { items: frame.items, more: frame.more } });
      }
    },
    arrived: (characters) => acks.arrived(characters),
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
      askForMissing();
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
      if (fill !== undefined) outbox.remove(fill.id);
      fill = undefined;
      sequence = sequence && createSequence(sequence.seq);
      outbox.disconnected();
    },
    end(reason) {
      for (const id of outbox.ids) settle(id, { t: "failed", error: new ChatError("ended", reason) });
    },
  };
}

type RefusalFrame = Extract<RoomFrame, { t: "err" }>;
