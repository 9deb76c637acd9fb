import { describe, expect, it } from "vitest";
import { type Chat, ChatError, type ChatEvent } from "../../src/chat/client.ts";
import type { Member, Message } from "../../src/chat/wire.ts";
import { describeState } from "../../console/chat/state-words.ts";
import { createTalker } from "../../console/chat/talker.ts";
import { advanceTalk, beginTalk, firstSeq, type Talk, withEarlier } from "../../console/chat/talk.ts";

const ada: Member = { uid: "u1", name: "Ada" };
const bob: Member = { uid: "u2", name: "Bob" };

const said = (seq: number, { uid, name } = ada, text = `#${seq}`): Message => ({
  seq,
  uid,
  name,
  text,
  ts: seq,
});
const message = (seq: number, by = ada): ChatEvent => ({ type: "message", message: said(seq, by) });
const presence = (...members: Member[]): ChatEvent => ({
  type: "presence",
  members: new Map(members.map((member) => [member.uid, member])),
  count: members.length,
  join: [],
  leave: [],
  nick: [],
});

const after = (...events: ChatEvent[]): Talk =>
  events.reduce(advanceTalk, { ...beginTalk("lobby", "Ada"), uid: "u1" });
const seqs = ({ lines }: Talk) =>
  lines.map((line) => (line.kind === "message" ? line.message.seq : line.kind));

describe("advanceTalk", () => {
  it("puts what is stored before what is not", () => {
    const talk = after(message(1));
    const waiting: Talk = { ...talk, lines: [...talk.lines, { kind: "unsent", key: 1, text: "hi" }] };
    expect(seqs(advanceTalk(waiting, message(2, bob)))).toEqual([1, 2, "unsent"]);
  });

  it("says where messages are missing", () => {
    expect(seqs(after(message(1), { type: "gap", from: 2, to: 9 }, message(10)))).toEqual([1, "gap", 10]);
  });

  it("forgets the old log when the room begins another, and keeps what is to be sent", () => {
    const talk: Talk = { ...after(message(1)), lines: [{ kind: "unsent", key: 1, text: "hi" }] };
    const reset: ChatEvent = { type: "reset", position: { epoch: "new", seq: 0 } };
    expect(seqs(advanceTalk({ ...talk, lines: [...talk.lines, ...after(message(1)).lines] }, reset))).toEqual(
      ["unsent"],
    );
  });

  it("shows what will not be sent of what was said before the page was loaded anew", () => {
    const error = new ChatError("uncertain", "The answer never came");
    const failed: ChatEvent = { type: "failed", id: "i", text: "hi", error };
    const line = { kind: "unsent", key: "i", text: "hi", failed: "The answer never came" };
    expect(after(message(1), failed).lines.slice(1)).toEqual([line]);
    // Of what is on the page, whoever says it there is told.
    const waiting: Talk = { ...after(), lines: [{ kind: "unsent", key: 1, text: "hi" }] };
    expect(advanceTalk(waiting, failed)).toBe(waiting);
  });

  it("asks for a token where one is missing, until somebody is let in", () => {
    const shut = after({ type: "complaint", code: "no-token", message: "Expected a token" });
    expect([shut.complaint, shut.needsToken]).toEqual(["Expected a token", true]);
    expect(advanceTalk(shut, { type: "complaint", code: "slow", message: "" }).needsToken).toBe(false);
    const welcome = { uid: "u1", name: "Ada", members: [ada], count: 1 } as never;
    expect(advanceTalk(shut, { type: "welcome", welcome }).needsToken).toBe(false);
  });

  it("shows who is here by name, and who types until they say it, stop or leave", () => {
    const typing: ChatEvent = { type: "typing", uid: "u2", on: true };
    const talk = after(presence(bob, ada), typing, { type: "typing", uid: "u1", on: true });
    expect(talk.members.map(({ name }) => name)).toEqual(["Ada", "Bob"]);
    expect(talk.typing).toEqual(["u2"]);
    expect(advanceTalk(talk, message(1, bob)).typing).toEqual([]);
    expect(advanceTalk(talk, { ...typing, on: false }).typing).toEqual([]);
    expect(advanceTalk(talk, presence(ada)).typing).toEqual([]);
    expect(advanceTalk(talk, { type: "state", state: { name: "offline" } }).typing).toEqual([]);
  });
});

describe("createTalker", () => {
  it("hears what is told while it is still connecting", () => {
    const talker = createTalker((_, { onEvent }) => {
      onEvent?.({ type: "state", state: { name: "greeting" } });
      return { close: async () => await Promise.resolve() } as Chat; // no more is asked of it
    });
    talker.enter("lobby", "Ada");
    expect(talker.get()?.state).toEqual({ name: "greeting" });
    talker.leave();
    expect(talker.get()).toBeUndefined();
  });
});

describe("withEarlier", () => {
  it("puts what was said before in front, each once", () => {
    const talk = withEarlier(after(message(3)), [said(1), said(2), said(3)], true);
    expect(seqs(talk)).toEqual([1, 2, 3]);
    expect([talk.hasEarlier, firstSeq(talk)]).toEqual([true, 1]);
  });
});

describe("describeState", () => {
  it.each([
    [{ name: "live" }, "connected"],
    [{ name: "connecting" }, "connecting…"],
    [{ name: "waiting", untilMs: 5 }, "connection lost; trying again"],
    [{ name: "ended", code: 4009, reason: "" }, "closed (4009)"],
    [{ name: "ended", code: 4004, reason: "That name is taken" }, "closed: That name is taken"],
  ] as const)("says of %j: %s", (state, words) => {
    expect(describeState(state)).toBe(words);
  });
});
