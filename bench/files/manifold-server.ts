import { readFile } from "node:fs/promises";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";

/** Runs a bundle on Miniflare, which plays R2 and the queue. Arguments: the bundle, where state is kept, the port. */
async function main([bundle = "", state = "", port = ""]: readonly string[]): Promise<void> {
  const { workerOptions } = unstable_getMiniflareWorkerOptions("wrangler.toml");
  const contents = await readFile(bundle, "utf8");
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...workerOptions,
      modules: [{ type: "ESModule", path: "index.js", contents }],
      // Only text in our file.
      bindings: {
        ...(workerOptions.bindings as Record<string, string>),
        ALLOW_LOOPBACK: "1",
        AUTH: "open",
        LOG: "problems",
      },
      r2Persist: state,
      host: "127.0.0.1",
      port: Number(port),
      cf: false,
    }),
  );
  await miniflare.ready;
}

await main(process.argv.slice(2));
