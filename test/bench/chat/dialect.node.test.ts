import { describe, expect, it } from "vitest";
import { DIALECTS } from "../../../bench/chat/load/dialect.ts";
import { readMessages } from "../../../bench/chat/load/marker.ts";

describe("DIALECTS", () => {
  it.each(Object.entries(DIALECTS))(
    "sends, in %s, messages whose number can be found again",
    (_, dialect) => {
      const messages: number[] = [];
      const frame = Buffer.from(dialect.say(4_711));
      readMessages(frame, 0, frame.length, (message) => messages.push(message));
      expect(messages).toEqual([4_711]);
    },
  );

  it("asks Manifold for what was missed, by the log's name and the last number", () => {
    const { greet, hear } = DIALECTS.manifold;
    expect(hear('{"t":"welcome","epoch":"e1","seq":0}')).toEqual({ kind: "welcome", epoch: "e1" });
    const hello = greet?.({ index: 3, isTimed: true, position: { epoch: "e1", seq: 5 } });
    expect(JSON.parse(hello ?? "")).toMatchObject({ t: "hello", resume: { epoch: "e1", seq: 5 } });
  });

  it("knows a refusal from an answer", () => {
    expect(DIALECTS.manifold.hear('{"t":"err","code":"flood"}').kind).toBe("refusal");
    expect(DIALECTS.manifold.hear('{"t":"ok","id":"1"}').kind).toBe("nothing");
    expect(DIALECTS.demo.hear('{"error":"no"}').kind).toBe("refusal");
    expect(DIALECTS.demo.hear('{"joined":"a"}').kind).toBe("nothing");
  });

  it("greets and keeps up a connection as Socket.IO's protocol has it", () => {
    const { hear } = DIALECTS.socketIo;
    expect(hear('0{"sid":"a"}')).toEqual({ kind: "answer", text: "40" });
    expect(hear('40{"sid":"b"}')).toEqual({ kind: "welcome" });
    expect(hear("2")).toEqual({ kind: "answer", text: "3" });
    expect(hear('44{"message":"no"}').kind).toBe("refusal");
  });
});
