import { describe, expect, it } from "vitest";
import { readMessages, TEXT_BYTES, textOf } from "../../../bench/chat/load/marker.ts";

function found(text: string, start = 0, end = Buffer.byteLength(text)): readonly number[] {
  const messages: number[] = [];
  const count = readMessages(Buffer.from(text), start, end, (message) => messages.push(message));
  expect(count).toBe(messages.length);
  return messages;
}

describe("readMessages", () => {
  it("finds the number of each message, however many there are", () => {
    const frame = JSON.stringify({
      t: "batch",
      m: [0, 7, 123_456, 9_999_999].map((n) => ({ text: textOf(n) })),
    });
    expect(found(frame)).toEqual([0, 7, 123_456, 9_999_999]);
  });

  it("finds none where there is none, and none outside its bounds", () => {
    expect(found('{"t":"welcome","members":[]}')).toEqual([]);
    const two = textOf(1) + textOf(2);
    expect(found(two, 1)).toEqual([2]);
    expect(found(two, 0, 2 * TEXT_BYTES - 1)).toEqual([1]);
  });
});

describe("textOf", () => {
  it("is always of one length", () => {
    expect(new Set([0, 9_999_999].map((message) => Buffer.byteLength(textOf(message))))).toEqual(
      new Set([TEXT_BYTES]),
    );
  });
});
