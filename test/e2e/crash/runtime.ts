import { readFile } from "node:fs/promises";
import { Miniflare, type MiniflareOptions } from "miniflare";

/** Runs a Worker until it is killed: `runtime.ts <file with Miniflare's options>`. Says where it is. */
const [file = ""] = process.argv.slice(2);
const options = JSON.parse(await readFile(file, "utf8")) as MiniflareOptions; // the test has written them
const miniflare = new Miniflare(options);
process.stdout.write(`ready ${(await miniflare.ready).origin}\n`);
