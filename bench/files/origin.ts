import { createServer } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pathToFileURL } from "node:url";

/** A body repeats this: every byte of it says where it is. */
const BLOCK = Buffer.from(Uint8Array.from({ length: 1024 ** 2 }, (_, index) => index * 7 + (index >> 8)));

/** The body that `/known?bytes=…` and `/unknown?bytes=…` answer with, piece by piece. */
export function* piecesOf(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= BLOCK.length) yield BLOCK.subarray(0, left);
}

/** Makes bodies as they are read: whatever their size, none of it is kept. */
function serve(port: number): void {
  createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://origin.invalid");
    const bytes = Number(url.searchParams.get("bytes") ?? 0);
    if (url.pathname === "/known") response.setHeader("Content-Length", bytes);
    pipeline(Readable.from(piecesOf(bytes)), response).catch(() => response.destroy()); // who asked has left
  }).listen(port, "127.0.0.1");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) serve(Number(process.argv[2]));
