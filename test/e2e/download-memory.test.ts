import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { piecesOf } from "../../bench/files/origin.ts";
import { watchMemory } from "../../bench/harness/process-tree.ts";
import { type Server, startNode } from "../../bench/harness/server.ts";
import { BUNDLE_DIR } from "../support/worker.ts";

const MIB = 1024 ** 2;

/** `npm run nightly` downloads two GiB, of either length. */
const IS_NIGHTLY = process.env["DOWNLOAD_MIB"] !== undefined;
const BYTES = Number(process.env["DOWNLOAD_MIB"] ?? 160) * MIB;

/** So much comes before memory is looked at: compilers and heaps have grown to what they need. */
const FIRST_BYTES = Math.max(48 * MIB, Math.floor(BYTES / 10));

/** An isolate has no more on Cloudflare. V8 ends the runtime that needs more; what is outside of V8's heap is measured. */
const HEAP_MIB = 128;

/** What is thrown away is not given back at once. */
const GROWTH_BYTES = 64 * MIB;

/** For all of it, even where it comes at two megabytes a second. */
const PATIENCE_MS = 60_000 + BYTES / 2_000;

describe("a download through a runtime whose isolates have 128 MiB", () => {
  let folder = "";
  let origin: Server;
  let manifold: Server;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "manifold-memory-"));
    origin = await startNode(new URL("../../bench/files/origin.ts", import.meta.url));
    // Miniflare hands it on to workerd.
    process.env["MINIFLARE_WORKERD_V8_FLAGS"] = `--max-heap-size=${HEAP_MIB}`;
    const runtime = new URL("../../bench/files/manifold-server.ts", import.meta.url);
    manifold = await startNode(runtime, `${BUNDLE_DIR}/index.js`, join(folder, "state"));
  });
  afterAll(async () => {
    await manifold[Symbol.asyncDispose]();
    await origin[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(IS_NIGHTLY ? ["known", "unknown"] : ["unknown"])(
    "of a length that is %s, takes no more memory for more of it",
    async (kind) => {
      const small = await download(kind, FIRST_BYTES);
      const large = await download(kind, BYTES);
      process.stdout.write(
        `${kind} length: ${inMib(small)} MiB at most while ${inMib(FIRST_BYTES)} MiB came, ` +
          `${inMib(large)} while ${inMib(BYTES)} MiB came\n`,
      );
      expect(large - small).toBeLessThan(GROWTH_BYTES);
    },
    PATIENCE_MS,
  );

  /** @returns The most memory of its own that the runtime had meanwhile. */
  async function download(kind: string, bytes: number): Promise<number> {
    const key = `memory/${kind}-${bytes}`;
    const url = `${origin.url}/${kind}?bytes=${bytes}`;
    using memory = watchMemory(manifold.pid);
    const ended = await run({ url, key, sha256: digestOf(bytes), maxBytes: bytes });
    expect(ended).toMatchObject({ state: "succeeded", result: { key, bytes } });
    const file = `${manifold.url}/v1/files/${key}`;
    const { headers } = await fetch(file, { method: "HEAD" });
    expect(headers.get("Content-Length")).toBe(String(bytes));
    await fetch(file, { method: "DELETE" });
    return memory.peakAnonymousBytes;
  }

  /** Runs a download to its end. */
  async function run(payload: object): Promise<object> {
    const key = crypto.randomUUID();
    for (;;) {
      // The same key each time: the same task, and another wait for it.
      const response = await fetch(`${manifold.url}/v1/tasks`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Idempotency-Key": `"${key}"`, Prefer: "wait=30" },
        body: JSON.stringify({ type: "download", payload }),
      });
      const answer = (await response.json()) as object; // what the routes' own tests show
      if (response.status !== 202) return answer;
    }
  }
});

function digestOf(bytes: number): string {
  const hash = createHash("sha256");
  for (const piece of piecesOf(bytes)) hash.update(piece);
  return hash.digest("hex");
}

const inMib = (bytes: number) => Math.round(bytes / MIB);
