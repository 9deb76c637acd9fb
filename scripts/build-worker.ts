import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { StartError } from "./options.ts";
import { runTool } from "./tool.ts";

/**
 * Bundles the Worker as a deploy would, and sends nothing.
 *
 * @returns The bundle's source.
 * @throws {StartError} With what wrangler says when it cannot be bundled.
 */
export async function buildWorker(outDir = ".manifold/worker"): Promise<string> {
  const { ok, output } = await runTool("wrangler", ["deploy", "--dry-run", "--outdir", outDir]);
  if (!ok) throw new StartError(output);
  return await readFile(join(outDir, "index.js"), "utf8");
}
