import { readFile } from "node:fs/promises";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";

/** Runs a Worker on Miniflare: `manifold-server.ts <file with its options> <folder for its state> <port>`. */
const [file = "", resourcePersistencePath = "", port] = process.argv.slice(2);
// The bench has written them.
const options = JSON.parse(await readFile(file, "utf8")) as Parameters<typeof convertV4MiniflareOptions>[0];
await new Miniflare({
  ...convertV4MiniflareOptions({ ...options, port: Number(port) }),
  resourcePersistencePath,
}).ready;
