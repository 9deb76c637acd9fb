import { readFile } from "node:fs/promises";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";

/** The bundle that `test/e2e/setup.ts` makes before the tests. */
export const BUNDLE_DIR = ".manifold/worker";

/** The Worker on the real runtime, with real sockets and nothing in between. */
export interface RunningWorker extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
}

interface WorkerOptions {
  /** Where what it sends by e-mail is written; a temporary directory by default. */
  readonly emailDir?: string;
  /** Where what it keeps is kept; with the runtime by default. */
  readonly stateDir?: string;
  /** Is told each line of its log. */
  readonly onLog?: (line: string) => void;
}

/**
 * Starts the bundled Worker with the bindings of `wrangler.toml`.
 *
 * `wrangler dev` puts a proxy before the Worker, which keeps from it that a client has left; here it sees that.
 */
export async function startWorker(
  variables: Readonly<Record<string, string>>,
  { emailDir, stateDir, onLog = () => undefined }: WorkerOptions = {},
): Promise<RunningWorker> {
  const { workerOptions } = unstable_getMiniflareWorkerOptions("wrangler.toml");
  const contents = await readFile(`${BUNDLE_DIR}/index.js`, "utf8");
  const miniflare = new Miniflare({
    ...convertV4MiniflareOptions({
      ...workerOptions,
      modules: [{ type: "ESModule", path: "index.js", contents }],
      bindings: { ...(workerOptions.bindings as Record<string, string>), ...variables }, // only text in our file
      // What the Worker logs is for the test, and not for its output.
      handleStructuredLogs: ({ message }: { message: string }) => onLog(message),
      host: "127.0.0.1",
      port: 0,
      cf: false,
      unsafeTriggerHandlers: true,
      ...(emailDir !== undefined && { resourceTmpPath: emailDir }),
    }),
    ...(stateDir !== undefined && { resourcePersistencePath: stateDir }),
  });
  const { origin } = await miniflare.ready;
  return { url: origin, [Symbol.asyncDispose]: async () => await miniflare.dispose() };
}
