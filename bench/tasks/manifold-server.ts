import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { bundleWorker } from "../harness/bundle.ts";

/** Manifold's tasks on Miniflare, which has the queue that workerd alone has not: `manifold-server.ts <port>`. */
const { workerOptions } = unstable_getMiniflareWorkerOptions("wrangler.toml");
const contents = await bundleWorker(new URL("manifold-worker.ts", import.meta.url));
const { TASK_SHARDS } = workerOptions.durableObjects as Record<string, string>; // as wrangler.toml has it
const miniflare = new Miniflare({
  ...convertV4MiniflareOptions({
    ...workerOptions,
    r2Buckets: {},
    durableObjects: { TASK_SHARDS },
    modules: [{ type: "ESModule", path: "index.js", contents }],
    bindings: { ALLOW_LOOPBACK: "1" },
    host: "127.0.0.1",
    port: Number(process.argv[2]),
    cf: false,
  } as never), // the types want what we leave out
  resourcePersistencePath: await mkdtemp(join(tmpdir(), "manifold-bench-tasks-")),
});
await miniflare.ready;
