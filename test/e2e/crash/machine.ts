import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { bundleWorker } from "../../../bench/harness/bundle.ts";
import { until } from "../product.ts";

const RUNTIME = fileURLToPath(new URL("runtime.ts", import.meta.url));

/** The product on a runtime of its own, queues included, that can be killed and started again over the same state. */
export interface Machine extends AsyncDisposable {
  /** Another one after each start; without a slash at the end. */
  readonly url: string;
  /** When it was ready. */
  readonly readyMs: number;
  start(): Promise<void>;
  /** Kills it, with all that it has started. */
  kill(this: void): void;
  /** Waits until it is no more. */
  ended(): Promise<void>;
}

/** Makes one that runs so; it is not started yet. */
export async function makeMachine(
  worker: URL,
  variables: Readonly<Record<string, string>>,
): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), "manifold-crash-"));
  const { workerOptions } = unstable_getMiniflareWorkerOptions("wrangler.toml");
  const options = convertV4MiniflareOptions({
    ...workerOptions,
    modules: [{ type: "ESModule", path: "index.js", contents: await bundleWorker(worker) }],
    bindings: {
      ...(workerOptions.bindings as Record<string, string>), // only text in our file
      ALLOW_LOOPBACK: "1",
      AUTH: "open",
      LOG: "problems",
      ...variables,
    },
    host: "127.0.0.1",
    port: 0,
    cf: false,
  });
  const file = join(folder, "options.json");
  await writeFile(file, JSON.stringify({ ...options, resourcePersistencePath: join(folder, "state") }));
  let running: { readonly child: ChildProcess; readonly exit: Promise<unknown> } | undefined;
  let [url, readyMs] = ["", 0];
  const kill = () => {
    if (running?.child.exitCode === null && running.child.signalCode === null)
      process.kill(-(running.child.pid ?? Number.NaN), "SIGKILL");
  };
  const ended = async () => void (await running?.exit);
  return {
    get url() {
      return url;
    },
    get readyMs() {
      return readyMs;
    },
    kill,
    ended,
    async start() {
      const child = spawn(process.execPath, [RUNTIME, file], {
        detached: true,
        stdio: ["ignore", "pipe", "ignore"],
      });
      running = { child, exit: once(child, "exit") };
      let output = "";
      child.stdout.on("data", (chunk) => (output += String(chunk)));
      await until(() => {
        if (child.exitCode !== null) throw new Error(`It did not start:\n${output}`);
        return /ready (\S+)/.test(output);
      });
      url = /ready (\S+)/.exec(output)?.[1] ?? "";
      readyMs = Date.now();
    },
    async [Symbol.asyncDispose]() {
      kill();
      await ended();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
