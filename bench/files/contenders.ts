import { createHash } from "node:crypto";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, request } from "undici";
import {
  type BenchCase,
  type Contender,
  type Measurement,
  MissingError,
  type Running,
  WrongAnswerError,
} from "../harness/bench.ts";
import { bundleManifold, bundleWorker } from "../harness/bundle.ts";
import { usageOf, watchMemory } from "../harness/process-tree.ts";
import { runProgram } from "../harness/program.ts";
import { type Server, startNode, withEnd } from "../harness/server.ts";
import { piecesOf } from "./origin.ts";

/** One file that is downloaded. */
export interface FileCase extends BenchCase {
  readonly bytes: number;
  readonly isKnown: boolean;
}

/** Where files come from, and a folder for programs to put them in. */
export interface World extends AsyncDisposable {
  readonly origin: Server;
  readonly folder: string;
}

export type FileContender = Contender<World, FileCase>;

const MEGA = 1e6;

const digests = new Map<number, string>();

/** The digest of a body of the origin. */
function digestOf(bytes: number): string {
  const known = digests.get(bytes);
  if (known !== undefined) return known;
  const hash = createHash("sha256");
  for (const piece of piecesOf(bytes)) hash.update(piece);
  const digest = hash.digest("hex");
  digests.set(bytes, digest);
  return digest;
}

/**
 * A program that puts a URL into a file and knows its digest.
 *
 * @param commandFor What to run; `output` of it, or its success, says that the digest is right.
 */
export function program(
  name: string,
  commandFor: (wanted: { url: string; file: string; digest: string }) => readonly [string, ...string[]],
): FileContender {
  return {
    name,
    async start({ origin, folder }) {
      await runProgram([name, "--version"]).catch((error: unknown) => {
        throw new MissingError(`${name} is not installed`, { cause: error });
      });
      const file = join(folder, name);
      return {
        async measure({ bytes, isKnown }): Promise<Measurement> {
          const digest = digestOf(bytes);
          const url = `${origin.url}/${isKnown ? "known" : "unknown"}?bytes=${bytes}`;
          const beganMs = performance.now();
          const { output, peakBytes } = await runProgram(commandFor({ url, file, digest }));
          const elapsedMs = performance.now() - beganMs;
          const { size } = await stat(file);
          await rm(file);
          if (size !== bytes) throw new WrongAnswerError(`${size} bytes of ${bytes}`);
          if (output !== "" && !output.includes(digest)) throw new WrongAnswerError("another digest");
          return { "MB/s": bytes / MEGA / (elapsedMs / 1_000), "peak MB": peakBytes / MEGA };
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
  };
}

/** A task of the type `download`, from its enqueueing to the answer that it has ended. */
export const manifold: FileContender = {
  name: "manifold",
  async start({ origin }) {
    const server = await startOnMiniflare(await bundleManifold());
    return downloading(server, origin);
  },
};

/** The same R2 and nothing around it. */
export const bareWorker: FileContender = {
  name: "bare Worker, no checks",
  async start({ origin }) {
    const server = await startOnMiniflare(await bundleWorker(new URL("bare-worker.ts", import.meta.url)));
    // It answers when the file is there, which may take longer than a client waits by default.
    const dispatcher = new Agent({ headersTimeout: 0 });
    return {
      async measure({ bytes, isKnown }): Promise<Measurement> {
        const url = `${origin.url}/${isKnown ? "known" : "unknown"}?bytes=${bytes}`;
        const query = new URLSearchParams({ url, key: "bench" });
        const beforeCpuMs = usageOf(server.pid).cpuMs;
        const beganMs = performance.now();
        // At `/` is the console, where it has been built.
        const response = await request(`${server.url}/bare?${query.toString()}`, { dispatcher });
        const { size } = (await response.body.json()) as { readonly size: number };
        const elapsedMs = performance.now() - beganMs;
        const cpuMs = usageOf(server.pid).cpuMs - beforeCpuMs;
        if (size !== bytes) throw new WrongAnswerError(`${size} bytes of ${bytes}`);
        return { "MB/s": bytes / MEGA / (elapsedMs / 1_000), "CPU ms/MB": cpuMs / (bytes / MEGA) };
      },
      async [Symbol.asyncDispose]() {
        await dispatcher.close();
        await server[Symbol.asyncDispose]();
      },
    };
  },
};

/** Runs a bundle where there is an R2, with a state of its own. */
async function startOnMiniflare(source: string): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "manifold-bench-files-"));
  const bundle = join(folder, "index.js");
  await writeFile(bundle, source);
  const miniflare = new URL("manifold-server.ts", import.meta.url);
  const server = await startNode(miniflare, bundle, join(folder, "state"));
  return withEnd(server, async () => await rm(folder, { recursive: true, force: true }));
}

function downloading(server: Server, origin: Server): Running<FileCase> {
  let made = 0;
  return {
    async measure({ bytes, isKnown }): Promise<Measurement> {
      const key = `bench/${(made += 1)}`;
      const url = `${origin.url}/${isKnown ? "known" : "unknown"}?bytes=${bytes}`;
      const payload = { url, key, sha256: digestOf(bytes), maxBytes: bytes };
      const before = usageOf(server.pid);
      using memory = watchMemory(server.pid);
      const beganMs = performance.now();
      await expectDownloaded(server, payload);
      const elapsedMs = performance.now() - beganMs;
      const growthBytes = Math.max(0, memory.peakAnonymousBytes - before.anonymousBytes);
      const cpuMs = usageOf(server.pid).cpuMs - before.cpuMs;
      const head = await fetch(`${server.url}/v1/files/${key}`, { method: "HEAD" });
      const size = Number(head.headers.get("Content-Length"));
      await fetch(`${server.url}/v1/files/${key}`, { method: "DELETE" });
      if (size !== bytes) throw new WrongAnswerError(`${size} bytes of ${bytes}`);
      return {
        "MB/s": bytes / MEGA / (elapsedMs / 1_000),
        "CPU ms/MB": cpuMs / (bytes / MEGA),
        "peak MB": memory.peakBytes / MEGA,
        "growth MB": growthBytes / MEGA,
      };
    },
    [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose](),
  };
}

/** Enqueues a download and waits for its end. @throws {WrongAnswerError} When it does not succeed. */
async function expectDownloaded({ url }: Server, payload: object): Promise<void> {
  const key = crypto.randomUUID();
  for (;;) {
    // The same key each time: the same task, and another wait for it.
    const response = await fetch(`${url}/v1/tasks`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": `"${key}"`, Prefer: "wait=30" },
      body: JSON.stringify({ type: "download", payload }),
    });
    const answer = (await response.json()) as { readonly state?: string; readonly error?: object };
    if (response.status === 202) continue;
    if (answer.state === "succeeded") return;
    throw new WrongAnswerError(`It ${answer.state}: ${JSON.stringify(answer.error ?? answer)}`);
  }
}
