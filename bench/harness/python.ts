import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { MissingError } from "./bench.ts";

/** Debian's, which has Debian's packages; another one may stand before it in the path. */
const DEBIAN = "/usr/bin/python3";

/**
 * Finds a Python that has a module.
 *
 * @throws {MissingError} When there is none.
 */
export async function findPython(module: string): Promise<string> {
  const python = existsSync(DEBIAN) ? DEBIAN : "python3";
  try {
    await promisify(execFile)(python, ["-c", `import ${module}`]);
  } catch (error) {
    throw new MissingError(`${python} has no module ${module}: run bench/install-peers.sh`, { cause: error });
  }
  return python;
}
