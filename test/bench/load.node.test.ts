import { describe, expect, it } from "vitest";
import { answerCheck } from "../../bench/load/check-answer.ts";
import { beats } from "../../bench/load/metronome.ts";
import { responseReader } from "../../bench/load/response-reader.ts";

const LENGTH = "HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello";
const EMPTY = "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n";
const CHUNKS =
  "HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\nA\r\nlo, world!\r\n0\r\n\r\n";

describe("responseReader", () => {
  it.each([
    [LENGTH, 200, "hello"],
    [EMPTY, 204, ""],
    [CHUNKS, 503, "hello, world!"],
  ])("reads %j in whatever two pieces it comes, and then the next", (text, status, body) => {
    for (let split = 1; split < text.length; split += 1) {
      const read = responseReader();
      for (let answers = 0; answers < 2; answers += 1) {
        expect(read(Buffer.from(text.slice(0, split)))).toBeUndefined();
        const answer = read(Buffer.from(text.slice(split)));
        expect(answer?.status).toBe(status);
        expect(answer?.body.toString()).toBe(body);
      }
    }
  });
});

describe("answerCheck", () => {
  const check = answerCheck({ a: 1, b: [2] });
  const answer = (text: string, status = 200) => ({ status, body: Buffer.from(text) });

  it("takes any way to write the right answer, again and again", () => {
    for (const text of ['{"a":1,"b":[2]}', '{"b": [2], "a": 1}', '{"a":1,"b":[2]}']) {
      expect(check(answer(text))).toBeUndefined();
    }
  });

  it.each(['{"a":1}', '{"a":1,"b":[2],"c":3}', "no JSON", ""])(
    "refuses %j, also after a right one",
    (text) => {
      expect(check(answer('{"a":1,"b":[2]}'))).toBeUndefined();
      expect(check(answer(text))).toMatch(/^not what it has to be/);
    },
  );

  it("refuses the right answer with a wrong status", () => {
    expect(check(answer('{"a":1,"b":[2]}', 502))).toMatch(/^status 502/);
  });
});

describe("beats", () => {
  it("come at the rate, from the first moment on, for as long as it lasts", () => {
    expect(beats(4, 1_000)).toEqual([0, 250, 500, 750]);
    expect(beats(3, 1_000)).toEqual([0, expect.closeTo(333.3, 1), expect.closeTo(666.7, 1)]);
    expect(beats(1, 500)).toEqual([]);
  });
});
