import { existsSync } from "node:fs";
import { MissingError } from "./bench.ts";

const PEERS = new URL("../peers/", import.meta.url);

/**
 * A program of `bench/peers`.
 *
 * @param packageName What it is about, and what npm has to have installed there.
 * @throws {MissingError} When it is not.
 */
export function peerProgram(packageName: string, file: string): URL {
  if (existsSync(new URL(`node_modules/${packageName}`, PEERS))) return new URL(file, PEERS);
  throw new MissingError(`${packageName} is not installed: run bench/install-peers.sh`);
}
