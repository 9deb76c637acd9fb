import fc from "fast-check";
import { CDXIndexer, getSurt, WARCParser } from "warcio";
import { describe, expect, it } from "vitest";
import { cdxjLine, surtOf } from "../../src/crawl/cdxj.ts";
import { readResponseRecord, replayResponse } from "../../src/crawl/replay.ts";
import { openSegment } from "../../src/crawl/segment.ts";
import type { Capture } from "../../src/crawl/warc.ts";

const sha256 = async (bytes: Uint8Array<ArrayBuffer>) =>
  Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

const capture = async (id: number, text: string, more: Partial<Capture> = {}): Promise<Capture> => {
  const bytes = more.bytes ?? Uint8Array.from(new TextEncoder().encode(text));
  return {
    id,
    url: `https://a.example/${id}`,
    atMs: 1_700_000_000_123 + id * 1_000,
    status: 200,
    statusText: "OK",
    headers: [["content-type", "text/html"]],
    type: "text/html",
    bytes,
    isCut: false,
    isDecoded: true,
    sha256: await sha256(bytes),
    ...more,
  };
};

async function segmentOf(captures: readonly Capture[]) {
  let made = 0;
  const writer = await openSegment({
    info: { software: "test", format: "WARC File Format 1.1" },
    makeId: () => `00000000-0000-4000-8000-${String((made += 1)).padStart(12, "0")}`,
    epochMs: () => 1_700_000_000_000,
  });
  await Promise.all(captures.map(writer.add));
  expect(writer.sizeBytes()).toBe(writer.close().bytes.length);
  return writer.close();
}

describe("openSegment", () => {
  it("writes what another reader of WARC reads as the same", async () => {
    const captures = [
      await capture(1, "<p>é</p>"),
      await capture(2, "", { status: 404, statusText: "", headers: [], type: "" }),
      await capture(3, "cut", { isCut: true }),
      await capture(4, "x\r\n\r\ny", {
        headers: [
          ["content-type", "text/plain"],
          ["content-encoding", "gzip"],
          ["content-length", "7"],
          ["set-cookie", "a=1"],
          ["set-cookie", "b=2"],
        ],
      }),
      await capture(5, "still coded", { headers: [["content-encoding", "deflate"]], isDecoded: false }),
    ];
    const { bytes } = await segmentOf(captures);
    const records = [];
    for await (const record of new WARCParser([bytes])) {
      const payload = await record.readFully(false); // as it stands there
      records.push({
        type: record.warcType,
        version: record.warcHeaders.statusline,
        url: record.warcTargetURI,
        date: record.warcDate,
        digest: record.warcHeader("WARC-Payload-Digest"),
        cut: record.warcHeader("WARC-Truncated"),
        status: record.httpHeaders?.statusline,
        encoding: record.httpHeaders?.headers.get("content-encoding"),
        text: new TextDecoder().decode(payload),
      });
    }
    expect(records[0]).toMatchObject({ type: "warcinfo", version: "WARC/1.1" });
    expect(records.slice(1).toSorted((a, b) => ((a.url ?? "") < (b.url ?? "") ? -1 : 1))).toMatchObject(
      captures.map(({ url, atMs, status, bytes: body, sha256: digest, isCut, isDecoded }) => ({
        type: "response",
        version: "WARC/1.1",
        url,
        date: new Date(atMs).toISOString(),
        digest: `sha256:${digest}`,
        cut: isCut ? "length" : null,
        status: expect.stringContaining(`HTTP/1.1 ${status}`) as string,
        encoding: isDecoded ? null : "deflate",
        text: new TextDecoder().decode(body),
      })),
    );
  });

  it("says where each answer is, so that it is read alone", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 200, max: 599 })), {
          maxLength: 6,
        }),
        async (answers) => {
          const captures = await Promise.all(
            answers.map(
              async ([body, status], id) => await capture(id, "", { bytes: Uint8Array.from(body), status }),
            ),
          );
          const { bytes, records } = await segmentOf(captures);
          for (const { id, offset, length } of records) {
            const read = await readResponseRecord(bytes.slice(offset, offset + length));
            expect(read).toEqual({
              status: captures[id]?.status,
              type: "text/html",
              coding: undefined,
              bytes: captures[id]?.bytes,
            });
          }
          expect(records.length).toBe(answers.length);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("readResponseRecord", () => {
  it("says how a body is coded that was kept as it came, for whoever it is served to", async () => {
    const headers = [["Content-Encoding", "deflate"]] as const;
    const { bytes, records } = await segmentOf([await capture(1, "coded", { headers, isDecoded: false })]);
    const [{ offset, length } = { offset: 0, length: 0 }] = records;
    const replayed = await readResponseRecord(bytes.slice(offset, offset + length));
    expect(replayed).toMatchObject({ coding: "deflate" });
    expect(replayResponse(replayed, 0).headers.get("Content-Encoding")).toBe("deflate");
  });

  it.each([[Uint8Array.of()], [Uint8Array.of(1, 2, 3)]])("refuses %j", async (bytes) => {
    await expect(readResponseRecord(bytes)).rejects.toThrow(TypeError);
  });
});

describe("cdxjLine", () => {
  it("writes what another indexer of WARC makes of the same file", async () => {
    const captures = [
      await capture(1, "one"),
      await capture(2, "two", { url: "http://www.a.example:8080/X?b=2&a=1" }),
    ];
    const { bytes, records } = await segmentOf(captures);
    const theirs = [];
    for await (const row of new CDXIndexer({}).iterIndex([{ filename: "f", reader: [bytes] as never }]))
      theirs.push(row);
    const ours = records.map((one) => {
      const [surt, timestamp, ...json] = cdxjLine({ ...one, surt: surtOf(one.url) }, "f").split(" ");
      return { urlkey: surt, timestamp, ...(JSON.parse(json.join(" ")) as object) };
    });
    const plain = theirs.map((row) => {
      const { offset, length, status } = row as Record<string, unknown>;
      return { ...row, offset: String(offset), length: String(length), status: String(status) };
    });
    expect(ours).toEqual(plain);
  });
});

describe("surtOf", () => {
  it.each([
    "https://a.example/",
    "https://www.a.example/x?b=2&a=1",
    "http://www2.b.a.example:8080/X/y",
    "https://a.example/?",
    "https://a.example/%C3%A9?x=%20",
    "https://wwwx.example/",
  ])("has for %s the form that others have", (url) => {
    expect(surtOf(url)).toBe(getSurt(url));
  });

  it.each([
    ["http://127.0.0.1:9/x", "127.0.0.1:9)/x"],
    ["http://[::1]/x", "[::1])/x"],
  ])("does not turn the address of %s around", (url, surt) => {
    expect(surtOf(url)).toBe(surt);
  });
});
