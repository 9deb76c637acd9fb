import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { openFilling } from "../../src/files/download/filling.ts";
import { DownloadRequest } from "../../src/files/download/request.ts";
import { PART_BYTES } from "../../src/files/parts-sink.ts";
import { MAX_SINGLE_BYTES } from "../../src/files/sink.ts";
import { memoryBucket } from "./memory-bucket.ts";
import { memoryFiles } from "./memory-files.ts";
import { playDownload } from "./play-download.ts";
import { bodyOf, fileOf, type Plan } from "./source.ts";

const FILE = fileOf(300_000);
const OTHER = fileOf(200_000, 99);

const nothing = ({ bucket }: Awaited<ReturnType<typeof playDownload>>) => [bucket.keys(), bucket.pending()];

describe("DownloadRequest", () => {
  it("takes no member that it does not know: a digest that is misspelt would not be checked", () => {
    const sha265 = "0".repeat(64);
    expect(DownloadRequest.safeParse({ url: "https://example.com/", sha265 }).success).toBe(false);
  });
});

describe("download", () => {
  it("stores a file of a known length with one put, and asks for it as it is", async () => {
    const { result, bucket, requests, log } = await playDownload({ plans: [{ file: FILE }] });
    expect(result).toMatchObject({ key: "a.png", bytes: FILE.length });
    expect(bucket.bytesOf("a.png")).toEqual(FILE);
    expect((await bucket.head("a.png"))?.httpMetadata).toEqual({ contentType: "image/png" });
    expect(requests[0]?.get("Accept-Encoding")).toBe("identity");
    expect(log).toEqual([]);
  });

  it("keeps no type that is none", async () => {
    const headers = { "Content-Length": "300000", "Content-Type": "a".repeat(9_000) };
    const { bucket } = await playDownload({ plans: [new Response(bodyOf(FILE), { headers })] });
    expect((await bucket.head("a.png"))?.httpMetadata).toBeUndefined();
  });

  it("stores a file of an unknown length in parts, and writes down what has to be found after a crash", async () => {
    const file = fileOf(PART_BYTES + 10);
    const { bucket, log } = await playDownload({ plans: [{ file, hasLength: false }] });
    expect(bucket.bytesOf("a.png")?.length).toBe(file.length);
    expect(bucket.pending()).toEqual([]);
    expect(log).toEqual(["opened a.png upload-1", "closed"]);
  });

  it("stores an empty file", async () => {
    const { bucket } = await playDownload({ plans: [{ file: new Uint8Array() }] });
    expect(bucket.bytesOf("a.png")).toEqual(new Uint8Array());
    const without = await playDownload({
      plans: [new Response(null, { headers: { "Content-Length": "0" } })],
    });
    expect(without.bucket.bytesOf("a.png")).toEqual(new Uint8Array());
  });

  it("reads a body of bytes into large buffers of its own", async () => {
    const asked: number[] = [];
    let sent = 0;
    const body = new ReadableStream({
      type: "bytes",
      pull(controller) {
        const request = controller.byobRequest;
        if (sent === FILE.length) {
          controller.close();
          // The request that waits is ended by hand.
          request?.respond(0);
        }
        if (sent === FILE.length || request === null) return;
        const view = new Uint8Array(request.view?.buffer ?? new ArrayBuffer(0), 0, request.view?.byteLength);
        asked.push(view.length);
        const piece = FILE.subarray(sent, sent + view.length);
        view.set(piece);
        sent += piece.length;
        request.respond(piece.length);
      },
    });
    const headers = { "Content-Length": String(FILE.length) };
    const { bucket } = await playDownload({ plans: [new Response(body, { headers })] });
    expect(bucket.bytesOf("a.png")).toEqual(FILE);
    expect(asked).toEqual([131_072, 131_072, 131_072]);
  });

  it("lets a file with the right digest appear, in either case", async () => {
    const digest = bytesToHex(sha256(FILE)).toUpperCase();
    const { bucket } = await playDownload({ plans: [{ file: FILE }], payload: { sha256: digest } });
    expect(bucket.keys()).toEqual(["a.png"]);
  });

  it.each([true, false])(
    "leaves nothing of a file with the wrong digest (length known: %s)",
    async (hasLength) => {
      const file = fileOf(PART_BYTES + 10);
      const played = await playDownload({
        plans: [{ file, hasLength }],
        payload: { sha256: "0".repeat(64) },
      });
      expect(played.error).toMatchObject({ isRetryable: false, message: /Expected the SHA-256 0000/ });
      expect(nothing(played)).toEqual([[], []]);
    },
  );

  it.each([true, false])(
    "leaves nothing once somebody else has its task (length known: %s)",
    async (hasLength) => {
      const file = fileOf(PART_BYTES + 10);
      const played = await playDownload({ plans: [{ file, hasLength }], isLost: true });
      expect(played.error).toMatchObject({ message: "The lease is lost" });
      expect(nothing(played)).toEqual([[], []]);
    },
  );

  it.each([true, false])(
    "leaves nothing when it is cancelled with all of it there (length known: %s)",
    async (hasLength) => {
      const file = fileOf(PART_BYTES + 10);
      const played = await playDownload({ plans: [{ file, hasLength }], isCancelledLast: true });
      expect(played.error).toMatchObject({ message: "cancelled" });
      expect(nothing(played)).toEqual([[], []]);
    },
  );

  it.each([true, false])(
    "leaves nothing of a file that is too large (length known: %s)",
    async (hasLength) => {
      const file = fileOf(PART_BYTES + 100_000);
      const played = await playDownload({
        plans: [{ file, hasLength }],
        payload: { maxBytes: PART_BYTES + 10 },
      });
      expect(played.error).toMatchObject({ isRetryable: false, message: /at most/ });
      expect(nothing(played)).toEqual([[], []]);
    },
  );

  it.each(["reset", "stall", "end"] as const)("goes on where a body broke off (%s)", async (end) => {
    const first = { file: FILE, etag: '"v1"', until: 131_072, end };
    const { bucket, requests } = await playDownload({ plans: [first, { file: FILE, etag: '"v1"' }] });
    expect(bucket.bytesOf("a.png")).toEqual(FILE);
    expect([requests[1]?.get("Range"), requests[1]?.get("If-Range")]).toEqual(["bytes=131072-", '"v1"']);
  });

  it.each<[string | undefined, Record<string, string>, boolean]>([
    ["bytes */131072", {}, true],
    ["bytes */131072", { ETag: '"v2"' }, false],
    ["bytes */131073", {}, false],
    ["bytes 0-1/131072", {}, false],
    [undefined, {}, false],
  ])("takes a file for whole where there is no rest of it: %s %j", async (content, fields, isWhole) => {
    const file = FILE.slice(0, 131_072);
    const first: Plan = { file, etag: '"v1"', hasLength: false, end: "reset" };
    const headers = { ...(content !== undefined && { "Content-Range": content }), ...fields };
    const rest = new Response("none of it", { status: 416, headers });
    const played = await playDownload({ plans: [first, rest] });
    if (isWhole) expect(played.result).toMatchObject({ bytes: 131_072 });
    else {
      expect(played.error).toMatchObject({ isRetryable: true });
      expect(nothing(played)).toEqual([[], []]);
    }
  });

  it("starts over when the file is another one by then", async () => {
    const first: Plan = { file: FILE, etag: '"v1"', until: 131_072, end: "reset" };
    const played = await playDownload({ plans: [first, { file: OTHER, etag: '"v2"' }] });
    expect(played.bucket.bytesOf("a.png")).toEqual(OTHER);
  });

  it.each([
    ["starts elsewhere", { "Content-Range": "bytes 0-299999/300000", ETag: '"v1"' }],
    ["is of another length", { "Content-Range": "bytes 131072-300000/300001", ETag: '"v1"' }],
    ["is of another file", { "Content-Range": "bytes 131072-299999/300000", ETag: '"v2"' }],
    ["does not go to the end", { "Content-Range": "bytes 131072-131073/300000", ETag: '"v1"' }],
  ])("uses no rest that %s", async (_, headers) => {
    const first: Plan = { file: FILE, etag: '"v1"', until: 131_072, end: "reset" };
    const rest = () =>
      new Response(bodyOf(FILE.slice(131_072)), { status: 206, headers: new Headers(headers) });
    const played = await playDownload({ plans: [first, rest] });
    expect(played.error).toMatchObject({ isRetryable: true });
    expect(nothing(played)).toEqual([[], []]);
  });

  it("goes on through a server in trouble, and gives up when nothing comes any more", async () => {
    const first: Plan = { file: FILE, etag: '"v1"', until: 131_072, end: "reset" };
    const trouble = () => new Response("", { status: 503 });
    const through = await playDownload({ plans: [first, trouble, trouble, { file: FILE, etag: '"v1"' }] });
    expect(through.bucket.bytesOf("a.png")).toEqual(FILE);
    const over = await playDownload({ plans: [first, trouble] });
    expect([over.error, over.requests.length]).toMatchObject([{ isRetryable: true }, 6]);
    expect(nothing(over)).toEqual([[], []]);
  });

  it.each([undefined, 'W/"v1"'])("does not guess that a file is the same by the tag %s", async (etag) => {
    const played = await playDownload({ plans: [{ file: FILE, etag, until: 131_072, end: "reset" }] });
    expect([played.error, played.requests.length]).toMatchObject([{ isRetryable: true }, 1]);
    expect(nothing(played)).toEqual([[], []]);
  });

  it.each([
    [404, {}, { isRetryable: false, retryAfterMs: undefined }],
    [500, {}, { isRetryable: true, retryAfterMs: undefined }],
    [429, { "Retry-After": "9" }, { isRetryable: true, retryAfterMs: 9_000 }],
  ])("fails after a %d with %j as it should", async (status, headers, error) => {
    const plan = new Response("", { status, headers: new Headers(headers) });
    expect((await playDownload({ plans: [plan] })).error).toMatchObject(error);
  });

  it("goes nowhere that the guard refuses, redirects included", async () => {
    const plan = new Response(null, { status: 302, headers: { Location: "http://169.254.169.254/" } });
    const { error, requests } = await playDownload({ plans: [plan] });
    expect([error, requests.length]).toMatchObject([{ isRetryable: false }, 1]);
  });

  it("ends in time, whatever the other side does", async () => {
    const stalls: Plan = { file: FILE, etag: '"v1"', until: 131_072, end: "stall" };
    const played = await playDownload({
      plans: [stalls],
      payload: { idleTimeoutMs: 9_000, totalTimeoutMs: 10_000 },
    });
    expect([played.error, played.tookMs]).toMatchObject([{ name: "TimeoutError" }, 10_000]);
    expect(nothing(played)).toEqual([[], []]);
  });

  it.each([true, false])("leaves nothing of what comes too slowly (length known: %s)", async (hasLength) => {
    const file = fileOf(PART_BYTES + 100_000);
    const played = await playDownload({
      plans: [{ file, hasLength, everyMs: 1_000 }],
      payload: { minBytesPerSecond: 1_000_000 },
    });
    expect(played.error).toMatchObject({ isRetryable: true, message: /bytes a second/ });
    expect(nothing(played)).toEqual([[], []]);
  });

  it.each([true, false])(
    "leaves nothing when it is cancelled on the way (length known: %s)",
    async (hasLength) => {
      const file = fileOf(2 * PART_BYTES);
      const plan: Plan = { file, etag: '"v1"', until: PART_BYTES + 65_536, end: "reset", hasLength };
      const reason = new Error("cancelled");
      const played = await playDownload({
        plans: [plan],
        afterRequest: (count, abort) => {
          if (count === 2) abort.abort(reason);
        },
      });
      expect(played.error).toBe(reason);
      expect(nothing(played)).toEqual([[], []]);
    },
  );

  it("takes no body that was cancelled for one that has ended", async () => {
    const reason = new Error("cancelled");
    let stop: (() => void) | undefined;
    const pull = async () => {
      await Promise.resolve();
      stop?.();
    };
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({ pull }, { highWaterMark: 0 });
    const played = await playDownload({
      plans: [new Response(body)],
      payload: { sha256: "0".repeat(64) },
      afterRequest: (_, abort) => (stop = () => abort.abort(reason)),
    });
    expect(played.error).toBe(reason);
    expect(nothing(played)).toEqual([[], []]);
  });

  it("reads nothing of a file that says that it is too large, and all of one that just fits", async () => {
    let pulls = 0;
    const body = new ReadableStream({ pull: () => void (pulls += 1) }, { highWaterMark: 0 });
    const headers = { "Content-Length": "300001" };
    const payload = { maxBytes: FILE.length };
    const { error } = await playDownload({ plans: [new Response(body, { headers })], payload });
    expect([error, pulls]).toMatchObject([{ isRetryable: false, message: /at most 300000 bytes/ }, 0]);
    const { bucket } = await playDownload({ plans: [{ file: FILE }], payload });
    expect(bucket.bytesOf("a.png")).toEqual(FILE);
  });

  it("leaves nothing of a file that is longer than it says", async () => {
    const headers = { "Content-Length": "299999" };
    const played = await playDownload({ plans: [() => new Response(bodyOf(FILE), { headers })] });
    expect(played.error).toMatchObject({ isRetryable: false, message: /299999 bytes as it says, got more/ });
    expect(nothing(played)).toEqual([[], []]);
  });

  it.each([
    [MAX_SINGLE_BYTES, []],
    [MAX_SINGLE_BYTES + 1, ["opened a.png upload-1", "closed"]],
  ])("stores %d bytes with one put if it takes so many, and else in parts", async (length, uploads) => {
    const headers = { "Content-Length": String(length) };
    const { log, error } = await playDownload({
      plans: [new Response(bodyOf(fileOf(PART_BYTES + 10)), { headers })],
      payload: { maxBytes: 2 * MAX_SINGLE_BYTES },
    });
    expect(error).toMatchObject({
      message: `It broke off: Expected ${length} bytes, got ${PART_BYTES + 10}`,
    });
    expect(log).toEqual(uploads);
  });

  it("may be tried again where the bucket fails", async () => {
    const full = async () => await Promise.reject(new Error("10001: internal error"));
    const { error } = await playDownload({
      plans: [{ file: FILE }],
      bucket: { ...memoryBucket(), put: full },
    });
    expect(error).toMatchObject({ isRetryable: true, message: "It could not be stored" });
  });

  it("leaves alone what another has stored under the key", async () => {
    const bucket = memoryBucket();
    await bucket.put("a.png", new Uint8Array(1), {});
    const { error, requests } = await playDownload({ plans: [{ file: FILE }], bucket });
    expect([error, requests.length]).toMatchObject([{ isRetryable: false }, 0]);
    expect(bucket.bytesOf("a.png")?.length).toBe(1);
  });

  it("knows what an attempt before stored, and downloads nothing twice", async () => {
    const { bucket } = await playDownload({ plans: [{ file: FILE }] });
    const { result, requests } = await playDownload({ plans: [{ file: OTHER }], bucket });
    expect([result?.bytes, requests.length]).toEqual([FILE.length, 0]);
  });

  it.each(["put", "createMultipartUpload", "uploadPart", "complete"])(
    "leaves nothing when %s fails",
    async (name) => {
      const bucket = memoryBucket((called) => {
        if (called === name) throw new Error("the bucket is down");
      });
      const plan = { file: fileOf(PART_BYTES + 65_536), hasLength: name === "put" };
      const played = await playDownload({ plans: [plan], bucket });
      expect(played.error).toBeInstanceOf(Error);
      expect(nothing(played)).toEqual([[], []]);
    },
  );

  it("says how far it is", async () => {
    const { told } = await playDownload({ plans: [{ file: FILE }] });
    expect(told[0]).toBe("0.1 of 0.3 MB");
  });
});

describe("openFilling", () => {
  it("takes no more before its digest has what came, so that nothing piles up", async () => {
    const order: string[] = [];
    const update = async () => {
      for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
      order.push("digested");
    };
    const filling = openFilling(
      { length: undefined, etag: undefined, contentType: undefined },
      { ...DownloadRequest.parse({ url: "https://a.example/", sha256: "0".repeat(64) }), key: "a" },
      {
        bucket: memoryBucket(),
        openFixedLength: memoryFiles().fixedLength,
        openDigest: () => ({ update, end: async () => await Promise.resolve("") }),
        owner: "task-1",
        log: { opened: async () => await Promise.resolve(), closed: async () => await Promise.resolve() },
      },
    );
    await filling.take(FILE, 0);
    order.push("taken");
    expect(order).toEqual(["digested", "taken"]);
  });
});
