import { describe, expect, it } from "vitest";
import { readJsonBody } from "../../src/http/json-request.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** Reads a body that comes in these pieces; says how many were asked for. */
async function read(pieces: readonly Uint8Array[], headers: Record<string, string> = {}, maxBytes = 1_000) {
  let pulls = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[pulls++];
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
    },
    { highWaterMark: 0 },
  );
  const init = { method: "POST", headers, body, duplex: "half" } as RequestInit;
  const value = await readJsonBody(new Request("http://localhost/", init), maxBytes).catch(
    (error: unknown) => error,
  );
  return { value, pulls };
}

const refused = (detail: string) => ({ problem: { detail } });
const NO_JSON = refused("Expected a body of JSON in UTF-8");
const TOO_DEEP = refused("Expected JSON that is nested no deeper than 100");

describe("readJsonBody", () => {
  it("reads JSON in whatever pieces it comes", async () => {
    const bytes = utf8('{"a": "é日🦊"}');
    const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect((await read(pieces)).value).toEqual({ a: "é日🦊" });
  });

  it("takes a mark of the byte order for none, and the last of two members of one name", async () => {
    expect((await read([utf8("\ufeff[1]")])).value).toEqual([1]);
    expect((await read([utf8('{"a": 1, "a": 2}')])).value).toEqual({ a: 2 });
  });

  it("makes nothing of a member that is called like a prototype", async () => {
    const { value } = await read([utf8('{"__proto__": {"admin": true}}')]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect((value as { readonly admin?: boolean }).admin).toBeUndefined();
  });

  it.each([
    ["nothing", [], NO_JSON],
    ["half of it", [utf8('{"a":')], NO_JSON],
    ["two of them", [utf8("1 2")], NO_JSON],
    ["Latin-1", [Uint8Array.of(0x22, 0xe9, 0x22)], NO_JSON],
    ["half a character", [Uint8Array.of(0x22, 0xc3), Uint8Array.of(0x22)], NO_JSON],
    ["half a character after it", [utf8("[1]"), Uint8Array.of(0xc3)], NO_JSON],
    ["UTF-16", [Uint8Array.of(0x7b, 0, 0x7d, 0)], NO_JSON],
    ["more depth than it may have", [utf8("[".repeat(101) + "]".repeat(101))], TOO_DEEP],
  ])("refuses %s", async (_, pieces, problem) => {
    expect((await read(pieces)).value).toMatchObject(problem);
  });

  it.each([
    { "Content-Type": "application/x-www-form-urlencoded" },
    { "Content-Type": "text/plain;charset=UTF-8" },
    { "Content-Type": "application/problem+json" },
    {},
  ])("takes JSON for JSON, called %j", async (headers) => {
    expect((await read([utf8("[1]")], headers)).value).toEqual([1]);
  });

  it.each([
    [{ "Content-Type": "application/x-www-form-urlencoded" }, "application/x-www-form-urlencoded"],
    [{ "Content-Type": "application/jsonl" }, "application/jsonl"],
    [{ "Content-Type": "application/json", "Content-Encoding": "gzip" }, "gzip"],
  ])("says that what is no JSON is none, called %j", async (headers, called) => {
    const { value } = await read([utf8("type=compare")], headers);
    expect(value).toMatchObject({
      problem: { status: 415, detail: `Expected a body of JSON in UTF-8, got \`${called}\`` },
      headers: { Accept: "application/json", "Accept-Encoding": "identity" },
    });
  });

  it.each([
    ["type=compare", { "Content-Type": "application/json; charset=utf-16" }],
    ["type=compare", { "Content-Type": "application/Merge-Patch+JSON" }],
    ["type=compare", { "Content-Encoding": "Identity" }],
    ["", { "Content-Type": "application/x-www-form-urlencoded" }],
    [' {"a": 1,}', { "Content-Type": "application/x-www-form-urlencoded" }],
    ["[1", { "Content-Type": "text/plain" }],
  ])("blames the body where it is called JSON, or was meant to be: %j %j", async (text, headers) => {
    expect((await read([utf8(text)], headers)).value).toMatchObject({ problem: { status: 400 } });
  });

  it("takes as much depth as it may have", async () => {
    expect((await read([utf8("[".repeat(100) + "]".repeat(100))])).value).toHaveLength(1);
  });

  it("takes as many bytes as it may, said before or not", async () => {
    for (const headers of [{}, { "Content-Length": "100" }] as Record<string, string>[])
      expect((await read([utf8(`[${" ".repeat(98)}]`)], headers, 100)).value).toEqual([]);
  });

  it("begins with no body that says that it is too large, and ends with one that is", async () => {
    const piece = utf8(" ".repeat(60));
    const pieces = Array.from({ length: 9 }, () => piece);
    const tooLarge = refused("Expected a body of at most 100 bytes");
    const said = await read(pieces, { "Content-Length": "540" }, 100);
    expect(said).toMatchObject({ value: tooLarge, pulls: 0 });
    const unsaid = await read(pieces, {}, 100);
    expect(unsaid).toMatchObject({ value: tooLarge, pulls: 2 });
  });
});
