import { spawn } from "node:child_process";
import { once } from "node:events";
import { watchMemory } from "./process-tree.ts";

/** What a program that ended left behind. */
export interface Left {
  /** All it wrote to its standard output. */
  readonly output: string;
  /** The most memory it and its children had at a time; 0 where it cannot be known. */
  readonly peakBytes: number;
}

/**
 * Runs a program until it ends.
 *
 * @throws With what it wrote to its standard error, when it does not end well.
 */
export async function runProgram([program, ...args]: readonly [string, ...string[]]): Promise<Left> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const endWithUs = () => void child.kill("SIGKILL");
  process.once("exit", endWithUs);
  using memory = watchMemory(child.pid ?? 0);
  let output = "";
  let complaints = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (complaints += String(chunk)));
  const [code] = (await once(child, "close")) as [number | null];
  process.off("exit", endWithUs);
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${complaints.trim().slice(-300)}`);
  return { output, peakBytes: memory.peakBytes };
}
