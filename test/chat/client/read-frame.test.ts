import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFrame } from "../../../src/chat/client/read-frame.ts";
import { PONG } from "../../../src/chat/wire.ts";
import { EVERY_FRAME, message, welcome } from "./frames.ts";

describe("readFrame", () => {
  it.each(EVERY_FRAME.map((frame) => [frame.t, frame] as const))("understands `%s`", (_, frame) => {
    expect(readFrame(JSON.stringify(frame))).toEqual(frame);
    expect(readFrame(JSON.stringify({ ...frame, ofTomorrow: [1] }))).toMatchObject(frame);
  });

  it("understands the answer to a heartbeat", () => {
    expect(readFrame(PONG)).toEqual({ t: "pong" });
  });

  it("does not take a frame in which any field is of another kind", () => {
    const optional = new Set(["dup", "join", "leave", "nick", "id", "retryAfterMs"]);
    for (const frame of EVERY_FRAME) {
      for (const name of Object.keys(frame).filter((key) => key !== "t")) {
        for (const odd of [null, -1.5, {}, [[]]]) {
          expect(readFrame(JSON.stringify({ ...frame, [name]: odd })), `${frame.t}.${name}`).toSatisfy(
            // Times may be any number, and limits any that has what is needed.
            (read) => read === undefined || (name === "ts" && odd === -1.5),
          );
        }
        const { [name]: _, ...rest } = frame as unknown as Record<string, unknown>; // its fields by name
        if (!optional.has(name)) expect(readFrame(JSON.stringify(rest))).toBeUndefined();
      }
    }
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["a number", "1"],
    ["null", "null"],
    ["a list", "[]"],
    ["no type", "{}"],
    ["a type from a prototype", '{"t":"constructor"}'],
    ["an unknown type", '{"t":"telepathy"}'],
    ["nesting without end", "[".repeat(200_000)],
    ["bytes", new ArrayBuffer(3)],
    ["a time that no calendar has", JSON.stringify({ t: "msg", ...message(1), ts: 1e16 })],
    ["heartbeats without a pause", JSON.stringify(welcome({ heartbeatMs: 1 }))],
    ["undefined", undefined],
  ])("does not take %s, and does not throw", (_, data) => {
    expect(readFrame(data)).toBeUndefined();
  });

  it("does not throw, whatever JSON it is given", () => {
    const types = fc.constantFrom(...EVERY_FRAME.map(({ t }) => t));
    const likeFrames = fc
      .tuple(types, fc.dictionary(fc.string(), fc.jsonValue()))
      .map(([t, fields]) => JSON.stringify({ ...fields, t }));
    fc.assert(
      fc.property(fc.oneof(fc.json(), likeFrames), (text) => {
        expect(() => readFrame(text)).not.toThrow();
      }),
    );
  });
});
