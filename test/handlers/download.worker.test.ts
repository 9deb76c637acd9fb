import { env } from "cloudflare:workers";
import { linkAbort } from "#kernel";
import { describe, expect, it } from "vitest";
import { downloadTask } from "../../src/handlers/download.ts";
import { PART_BYTES } from "../../src/files/parts-sink.ts";
import { bodyOf, fileOf, serve } from "../files/source.ts";
import { attempt, type Given } from "./run.ts";

const type = downloadTask({ bucket: { env: "FILES" } });
let made = 0;

/** Downloads to a key of its own, into R2. */
async function run(payload: object, given: Given) {
  const key = `handler-${(made += 1)}.bin`;
  const whole = { url: "https://files.example.com/a", key, ...payload };
  const outcome = await attempt(type, whole, { variables: { FILES: env.FILES }, ...given });
  return { ...outcome, key };
}

const read = async (key: string) => {
  const file = await env.FILES.get(key);
  return file === null ? undefined : new Uint8Array(await file.arrayBuffer());
};

describe("downloadTask", () => {
  it.each([true, false])("puts a file into R2 (length known: %s)", async (hasLength) => {
    const file = fileOf(PART_BYTES + 1_000);
    const { result, key, records } = await run(
      {},
      { answer: ({ headers }) => serve({ file, hasLength }, headers) },
    );
    expect(result).toMatchObject({ key, bytes: file.length });
    const stored = await read(key);
    expect(stored?.length).toBe(file.length);
    expect(stored?.every((byte, index) => byte === file[index])).toBe(true);
    // The record names an upload in parts for as long as there is one.
    expect(records).toEqual(hasLength ? [] : [{ key, uploadId: expect.any(String) as string }, undefined]);
  });

  it("asks only the hosts that callers may name, where they are listed", async () => {
    const hosts = ["elsewhere.example.com"];
    const { error, seen, key } = await run({}, { answer: () => new Response("a"), hosts });
    expect([error, seen]).toMatchObject([{ name: "NotRetryableError" }, []]);
    expect(await read(key)).toBeUndefined();
  });

  it("goes on in the middle of a put", async () => {
    const file = fileOf(500_000);
    let asked = 0;
    const { key, seen } = await run(
      {},
      {
        answer: ({ headers }) => {
          asked += 1;
          return serve({ file, etag: '"v1"', ...(asked === 1 && { until: 131_072, end: "reset" }) }, headers);
        },
      },
    );
    expect(seen[1]?.headers.get("Range")).toBe("bytes=131072-");
    expect(await read(key)).toEqual(file);
  });

  it("lets a file with the right digest appear", async () => {
    const file = fileOf(300_000);
    const sha256 = Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", file)), (byte) =>
      byte.toString(16).padStart(2, "0"),
    ).join("");
    const { result } = await run({ sha256 }, { answer: ({ headers }) => serve({ file }, headers) });
    expect(result).toMatchObject({ bytes: file.length });
  });

  it.each([true, false])(
    "leaves nothing of what is not what was wanted (length known: %s)",
    async (hasLength) => {
      const file = fileOf(PART_BYTES + 1_000);
      const { error, key, records } = await run(
        { sha256: "0".repeat(64) },
        { answer: ({ headers }) => serve({ file, hasLength }, headers) },
      );
      expect(error).toMatchObject({ name: "NotRetryableError" });
      expect(await env.FILES.head(key)).toBeNull();
      expect(records.at(-1)).toBeUndefined();
    },
  );

  it.each([true, false])("leaves nothing when it is cancelled (length known: %s)", async (hasLength) => {
    const abort = linkAbort();
    const file = fileOf(PART_BYTES + 65_536);
    const { error, key, records } = await run(
      {},
      {
        abort,
        answer: () => {
          const body = bodyOf(file, { end: "stall" });
          const fields = hasLength ? { "Content-Length": String(file.length + 1) } : {};
          setTimeout(() => abort.abort(new Error("cancelled")));
          return new Response(body, { headers: new Headers(fields) });
        },
      },
    );
    expect(error).toMatchObject({ message: "cancelled" });
    expect(await env.FILES.head(key)).toBeNull();
    expect(records.at(-1)).toBeUndefined();
  });

  it("leaves nothing once somebody else has its task", async () => {
    const answer = ({ headers }: { readonly headers: Headers }) => serve({ file: fileOf(10) }, headers);
    const { error, key } = await run({}, { answer, isLost: true });
    expect(error).toMatchObject({ message: "The lease is lost" });
    expect(await env.FILES.head(key)).toBeNull();
  });

  it("puts away what an attempt before it left, and what the last one left", async () => {
    const left = await env.FILES.createMultipartUpload("left.bin");
    await left.uploadPart(1, new Uint8Array(10));
    const record = { key: left.key, uploadId: left.uploadId };
    const { records } = await run(
      {},
      { record, answer: ({ headers }) => serve({ file: fileOf(10) }, headers) },
    );
    expect(records).toEqual([undefined]);
    await expect(left.uploadPart(2, new Uint8Array(10))).rejects.toThrow(/upload does not exist/);

    const last = await env.FILES.createMultipartUpload("last.bin");
    const { services } = await run({}, { answer: () => new Response("") });
    for (let times = 0; times < 2; times += 1) {
      await type.cleanUp?.({ key: last.key, uploadId: last.uploadId }, services);
    }
    await expect(last.uploadPart(1, new Uint8Array(10))).rejects.toThrow(/upload does not exist/);
  });

  it.each([undefined, "text", {}])("says that %j is no bucket", async (FILES) => {
    const { error } = await run({}, { variables: { FILES }, answer: () => new Response("") });
    expect(error).toMatchObject({
      name: "NotRetryableError",
      message: /Expected `FILES` to be an R2 bucket/,
    });
  });

  it("tells a server's wish to wait from a failure for good", async () => {
    const later = new Response("", { status: 503, headers: { "Retry-After": "5" } });
    expect((await run({}, { answer: () => later })).error).toMatchObject({ retryAfterMs: 5_000 });
    const never = new Response("", { status: 404 });
    expect((await run({}, { answer: () => never })).error).toMatchObject({ name: "NotRetryableError" });
  });
});
