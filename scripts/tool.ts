import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a finished program left: how it ended, and all it wrote. */
export interface Finished {
  readonly ok: boolean;
  readonly output: string;
  readonly tookMs: number;
}

/**
 * Runs a program of an installed package with our Node, wherever it is installed and whatever the shell.
 *
 * @param output Whether what it writes is shown as it comes, or kept for later.
 */
export async function runTool(
  packageName: string,
  args: readonly string[],
  { bin = packageName, show = false }: { readonly bin?: string; readonly show?: boolean } = {},
): Promise<Finished> {
  const beganMs = performance.now();
  const child = spawn(process.execPath, [binPath(packageName, bin), ...args], {
    stdio: ["ignore", show ? "inherit" : "pipe", show ? "inherit" : "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += String(chunk)));
  const [code] = (await once(child, "close")) as [number | null];
  return { ok: code === 0, output, tookMs: performance.now() - beganMs };
}

function binPath(packageName: string, bin: string): string {
  const manifest = findManifest(packageName);
  const { bin: bins } = JSON.parse(readFileSync(manifest, "utf8")) as {
    bin: string | Record<string, string>;
  };
  const program = typeof bins === "string" ? bins : bins[bin];
  if (program === undefined) throw new Error(`Expected ${packageName} to have a program ${bin}`);
  return join(dirname(manifest), program);
}

/** A package's manifest; not every package exports it, so its place is known by convention. */
function findManifest(packageName: string): string {
  return fileURLToPath(new URL(`../node_modules/${packageName}/package.json`, import.meta.url));
}
