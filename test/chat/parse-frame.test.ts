import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFrame } from "../../src/chat/parse-frame.ts";

const LIMIT = 8_192;
const cid = "0123456789abcdef";
const hello = { t: "hello", v: 1, name: "ann", cid };
const parse = (frame: unknown) => parseFrame(JSON.stringify(frame), LIMIT);

describe("parseFrame", () => {
  it.each([
    hello,
    { ...hello, v: 7 },
    { ...hello, resume: { epoch: "e", seq: 0 } },
    { t: "send", id: "1", text: "hello" },
    { t: "nick", id: "1", name: "ann" },
    { t: "who", id: "1" },
    { t: "typing", on: true },
    { t: "history", id: "1" },
    { t: "history", id: "1", before: 10, limit: 100 },
    { t: "history", id: "1", after: 0, limit: 1 },
    { t: "ack", seq: 3 },
    { t: "leave" },
  ])("reads %o, and ignores what it does not know", (frame) => {
    expect(parse(frame)).toEqual({ ok: true, frame });
    expect(parse({ ...frame, more: { deep: [1] } })).toEqual({ ok: true, frame });
  });

  const odd: readonly unknown[] = [null, true, -1, 1.5, 1e300, "", "x".repeat(200), [], {}, [[]], { a: 1 }];
  const fields: Readonly<Record<string, readonly [frame: object, allowed: readonly unknown[]]>> = {
    v: [hello, []],
    name: [hello, ["", "x".repeat(200)]],
    cid: [hello, []],
    resume: [hello, [null]],
    id: [{ t: "send", id: "1", text: "x" }, []],
    text: [{ t: "send", id: "1", text: "x" }, ["", "x".repeat(200)]],
    on: [{ t: "typing", on: true }, [true]],
    before: [{ t: "history", id: "1" }, []],
    after: [{ t: "history", id: "1" }, []],
    limit: [{ t: "history", id: "1" }, []],
    seq: [{ t: "ack", seq: 1 }, []],
  };
  it.each(Object.entries(fields))("names `%s` when it is of a wrong type", (field, [frame, allowed]) => {
    for (const value of odd.filter((one) => !allowed.includes(one))) {
      expect(parse({ ...frame, [field]: value })).toMatchObject({
        ok: false,
        code: "bad-frame",
        message: expect.stringContaining(`\`${field}`) as string,
      });
    }
  });

  it.each([
    ["resume.epoch", { ...hello, resume: { epoch: 1, seq: 0 } }],
    ["resume.seq", { ...hello, resume: { epoch: "e", seq: "0" } }],
    ["before", { t: "history", id: "1", before: 1, after: 1 }],
    ["id", { t: "who", id: "a\u0000" }],
    ["id", { t: "who", id: "\ud800" }],
    ["id", { t: "who" }],
    ["cid", { ...hello, cid: "short" }],
    ["cid", { ...hello, cid: "with a space in it" }],
    ["t", {}],
    ["t", { t: 1 }],
  ])("names `%s` in what is wrong with %j", (field, frame) => {
    expect(parse(frame)).toMatchObject({
      ok: false,
      message: expect.stringContaining(`\`${field}\``) as string,
    });
  });

  it("says of whose frame it is wrong, where that can be read", () => {
    expect(parse({ t: "send", id: "7", text: 1 })).toMatchObject({ id: "7" });
    expect(parse({ t: "send", id: 7, text: 1 })).not.toHaveProperty("id");
  });

  it.each([
    ["not JSON", "{", "bad-frame"],
    ["nothing", "", "bad-frame"],
    ["a list", "[]", "bad-frame"],
    ["null", "null", "bad-frame"],
    ["a number", "1", "bad-frame"],
    ["another type", '{"t":"shout"}', "unknown-type"],
    ["the name of what all objects have", '{"t":"__proto__"}', "unknown-type"],
    ["a ping that is not byte for byte one", '{"t": "ping"}', "unknown-type"],
    ["deep JSON", `{"t":"who","id":"1","x":${"[".repeat(4_000)}${"]".repeat(4_000)}}`, undefined],
    ["too much", JSON.stringify({ t: "send", id: "1", text: "a".repeat(LIMIT) }), "bad-frame"],
    [
      "too many bytes in few characters",
      JSON.stringify({ t: "who", id: "1", x: "€".repeat(3_000) }),
      "bad-frame",
    ],
  ])("answers %s", (_, text, code) => {
    const parsed = parseFrame(text, LIMIT);
    expect(parsed.ok ? undefined : parsed.code).toBe(code);
  });

  it("throws at nothing", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json()), (text) => {
        expect(typeof parseFrame(text, LIMIT).ok).toBe("boolean");
      }),
    );
  });
});
