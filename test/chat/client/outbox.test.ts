import { describe, expect, it } from "vitest";
import { createOutbox, type Request } from "../../../src/chat/client/outbox.ts";

const WALL_MS = 1_800_000_000_000;
const send = (id: string): Request => ({ t: "send", id, text: `text ${id}` });
const outboxOf = (...ids: readonly string[]) => {
  const outbox = createOutbox();
  for (const id of ids) outbox.add(send(id));
  const flow = (now: number) => outbox.flow(now, WALL_MS + now).frames.map((frame) => frame.id);
  return { outbox, flow };
};
const twelve = Array.from({ length: 12 }, (_, index) => `${index + 1}`);

describe("createOutbox", () => {
  it("sends what waits, once, in order", () => {
    const { flow } = outboxOf("a", "b");
    expect(flow(0)).toEqual(["a", "b"]);
    expect(flow(1)).toEqual([]);
  });

  it("has few messages under way at a time, and sends on as they are answered", () => {
    const { outbox, flow } = outboxOf(...twelve);
    expect(flow(0)).toEqual(twelve.slice(0, 8));
    outbox.remove("3");
    expect(flow(1)).toEqual(["9"]);
  });

  it("asks questions before it sends messages, however many wait", () => {
    const { outbox, flow } = outboxOf(...twelve);
    flow(0);
    outbox.add({ t: "who", id: "who" });
    expect(flow(1)).toEqual(["who"]);
  });

  it("sends again what was not answered when the connection is lost, under the same ids and in order", () => {
    const { outbox, flow } = outboxOf("a", "b", "c");
    flow(0);
    outbox.remove("b");
    outbox.disconnected();
    expect(flow(5_000)).toEqual(["a", "c"]);
  });

  it("sends again what has no answer for long, though the connection holds", () => {
    const { outbox, flow } = outboxOf("a");
    flow(0);
    expect(outbox.dueMs).toBe(20_000);
    expect(flow(19_999)).toEqual([]);
    expect(flow(20_000)).toEqual(["a"]);
    expect(outbox.dueMs).toBe(40_000);
  });

  it("is never due in the past, not even when what is overdue has to wait", () => {
    const { outbox, flow } = outboxOf("a", "b");
    flow(0);
    outbox.refuse("b", true, 5_000, 19_000);
    expect(flow(20_000)).toEqual([]);
    expect(outbox.dueMs).toBe(24_000);
  });

  it("keeps still for as long as the room asks, and then goes one by one at the room's pace", () => {
    const { outbox, flow } = outboxOf(...twelve);
    flow(0);
    for (const id of ["5", "6", "7", "8"]) outbox.refuse(id, true, 1_000, 100);
    for (const id of ["1", "2", "3", "4"]) outbox.remove(id);
    expect(flow(1_099)).toEqual([]);
    expect(outbox.dueMs).toBe(1_100);
    expect(flow(1_100)).toEqual(["5"]);
    outbox.remove("5");
    expect(flow(1_200)).toEqual([]);
    expect(outbox.dueMs).toBe(2_100);
    expect(flow(2_100)).toEqual(["6"]);
  });

  it("slows down when the pace is still too fast, not for what was under way when it heard of it", () => {
    const { outbox, flow } = outboxOf(...twelve);
    flow(0);
    for (const id of twelve.slice(0, 8)) outbox.refuse(id, true, 1_000, 100);
    expect(flow(1_100)).toEqual(["1"]);
    outbox.refuse("1", true, 200, 1_150);
    expect(flow(2_100)).toEqual(["1"]);
    outbox.remove("1");
    expect(flow(3_599)).toEqual([]);
    expect(flow(3_600)).toEqual(["2"]);
  });

  it("forgets a flood after a minute", () => {
    const { outbox, flow } = outboxOf(...twelve);
    flow(0);
    outbox.refuse("1", true, 1_000, 0);
    for (const id of twelve.slice(1, 8)) outbox.remove(id);
    expect(flow(1_000)).toEqual(["1"]);
    outbox.remove("1");
    expect(flow(60_000)).toEqual(["9", "10", "11", "12"]);
  });

  it("does not send again what went out ten minutes ago: the room would not know it", () => {
    const { outbox } = outboxOf("a", "b");
    outbox.flow(0, WALL_MS);
    outbox.disconnected();
    expect(outbox.flow(1_000, WALL_MS + 9 * 60_000).uncertain).toEqual([]);
    outbox.disconnected();
    expect(outbox.flow(2_000, WALL_MS + 9 * 60_000 + 1)).toEqual({
      frames: [],
      uncertain: [send("a"), send("b")],
    });
  });

  it("does send again, ten minutes later, what the room has refused", () => {
    const { outbox } = outboxOf("a");
    outbox.flow(0, WALL_MS);
    outbox.refuse("a", false, 1_000, 0);
    expect(outbox.flow(2_000, WALL_MS + 600_000).frames).toEqual([send("a")]);
  });

  it("does not trust a clock that was set back", () => {
    const { outbox } = outboxOf("a");
    outbox.flow(0, WALL_MS);
    outbox.disconnected();
    expect(outbox.flow(1, WALL_MS - 3_600_000).uncertain).toEqual([send("a")]);
  });

  it("counts the minutes by a clock that only runs forward, too", () => {
    const { outbox } = outboxOf("a", "b");
    outbox.flow(0, WALL_MS);
    outbox.refuse("b", false, 1_000, 0);
    outbox.disconnected();
    // The wall says that five have passed.
    const { frames, uncertain } = outbox.flow(9 * 60_000 + 1, WALL_MS + 5 * 60_000);
    expect([frames, uncertain]).toEqual([[send("b")], [send("a")]]);
  });

  it("keeps what has gone out when nobody waits for it any more, and drops what has not", () => {
    const { outbox } = outboxOf("a");
    outbox.flow(0, WALL_MS);
    outbox.add(send("b"));
    expect(outbox.forget("a")).toBe(false);
    expect(outbox.forget("b")).toBe(true);
    expect(outbox.unsent).toEqual([{ id: "a", text: "text a", firstMs: WALL_MS }]);
  });
});
