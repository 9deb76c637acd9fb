import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { linkAbort, VirtualClock } from "#kernel";
import { download } from "../../src/files/download/download.ts";
import { DownloadRequest } from "../../src/files/download/request.ts";
import { memoryBucket } from "./memory-bucket.ts";
import { memoryFiles } from "./memory-files.ts";
import { type Plan, serve } from "./source.ts";

/** A server, a bucket, and what is wanted of them. */
export interface World {
  /** One a request, in turn; the last goes on. */
  readonly plans: readonly (Plan | Response | (() => Response | Promise<Response>))[];
  readonly payload?: object;
  /** Whether somebody else has the task when all of it has come. */
  readonly isLost?: boolean;
  /** Whether it is cancelled in the last moment in which it can be. */
  readonly isCancelledLast?: boolean;
  readonly bucket?: ReturnType<typeof memoryBucket>;
  readonly afterRequest?: (count: number, abort: ReturnType<typeof linkAbort>) => void;
}

/** Plays one download to its end. */
export async function playDownload({
  plans,
  payload,
  bucket = memoryBucket(),
  afterRequest,
  isLost = false,
  isCancelledLast = false,
}: World) {
  const clock = new VirtualClock();
  const abort = linkAbort();
  const requests: Headers[] = [];
  const told: string[] = [];
  const log: string[] = [];
  const request = DownloadRequest.parse({ url: "https://files.example.com/a.png", ...payload });
  const downloading = download(
    { ...request, key: request.key ?? "a.png" },
    {
      store: {
        bucket,
        openFixedLength: memoryFiles().fixedLength,
        openDigest,
        owner: "task-1",
        log: {
          opened: async (key, id) => await Promise.resolve(void log.push(`opened ${key} ${id}`)),
          closed: async () => await Promise.resolve(void log.push("closed")),
        },
      },
      async fetch(_url, init) {
        const headers = new Headers(init.headers);
        requests.push(headers);
        afterRequest?.(requests.length, abort);
        const plan = plans[Math.min(requests.length, plans.length) - 1];
        if (plan === undefined) throw new Error("Expected a plan");
        if (typeof plan === "function") return await plan();
        return plan instanceof Response ? plan : serve(plan, headers, clock);
      },
      policy: { allowLoopback: false },
      signal: abort.signal,
      clock,
      epochMs: () => 0,
      random: () => 0.5,
      progress: (_fraction, note) => void told.push(note),
      confirm: async () => {
        await Promise.resolve();
        if (isCancelledLast) abort.abort(new Error("cancelled"));
        if (isLost) throw new Error("The lease is lost");
      },
    },
  );
  const outcome = await clock.run(
    downloading.then(
      (result) => ({ result, error: undefined }),
      (error: unknown) => ({ result: undefined, error }),
    ),
  );
  return { ...outcome, bucket, requests, told, log, tookMs: clock.now() };
}

/** What the platform's digest does, where there is none. */
function openDigest() {
  const hash = sha256.create();
  return {
    update: async (chunk: Uint8Array) => await Promise.resolve(void hash.update(chunk)),
    end: async () => await Promise.resolve(bytesToHex(hash.digest())),
  };
}
