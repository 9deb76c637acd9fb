import { readFile } from "node:fs/promises";
import { Miniflare, type MiniflareOptions } from "miniflare";

/** Runs a Worker on Miniflare: `manifold-server.ts <file with its options> <port>`. */
const [file = "", port] = process.argv.slice(2);
const options = JSON.parse(await readFile(file, "utf8")) as MiniflareOptions; // the bench has written them
await new Miniflare({ ...options, port: Number(port) }).ready;
