import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { bundleWorker } from "../harness/bundle.ts";
import { type Server, startNode, withEnd } from "../harness/server.ts";

const SERVER = new URL("manifold-server.ts", import.meta.url);

/** Starts the tasks of the product on Miniflare, which has the queue that workerd alone has not. */
export async function startManifoldTasks(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "manifold-bench-tasks-"));
  const { workerOptions } = unstable_getMiniflareWorkerOptions("wrangler.toml");
  const { TASK_SHARDS } = workerOptions.durableObjects as Record<string, object>; // as wrangler.toml has it
  const contents = await bundleWorker(new URL("manifold-worker.ts", import.meta.url));
  const options = {
    ...workerOptions,
    r2Buckets: {},
    durableObjects: { TASK_SHARDS },
    modules: [{ type: "ESModule", path: "index.js", contents }],
    bindings: { ALLOW_LOOPBACK: "1" },
    host: "127.0.0.1",
    cf: false,
  };
  const file = join(folder, "options.json");
  await writeFile(file, JSON.stringify(options));
  const end = async () => await rm(folder, { recursive: true, force: true });
  return withEnd(await startNode(SERVER, file, join(folder, "state")), end);
}
