import { readFile } from "node:fs/promises";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { packageFile } from "./package-file.ts";

/** What a run ran on: numbers of two machines are not to be compared. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly os: string;
  readonly node: string;
  readonly workerd: string;
}

export async function describeMachine(): Promise<Machine> {
  const manifest = await readFile(packageFile("workerd", "package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: totalmem() / 2 ** 30,
    os: `${type()} ${release()}`,
    node: process.versions.node,
    workerd: version,
  };
}
