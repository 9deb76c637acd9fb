import { spawn } from "node:child_process";
import { once } from "node:events";
import { until } from "../e2e/product.ts";

/** Where to run, and what to say. */
interface RunOptions {
  readonly args: readonly string[];
  readonly directory?: string;
  /** How many files and sockets it may have open; as many as this process without it. */
  readonly files?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts the companion in a process of its own. */
export function startCompanion({ args, directory, files, environment }: RunOptions) {
  const command = [process.execPath, "companion/main.ts", ...args];
  const limited = ["sh", "-c", `ulimit -n ${files}; exec "$@"`, "sh", ...command];
  const [program = "", ...rest] = files === undefined ? command : limited;
  const child = spawn(program, rest, {
    cwd: directory,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  const exit = once(child, "close").then(([code]) => code as number | null);
  return {
    child,
    exit,
    output: () => output,
    async addressOf(service: string) {
      const pattern = new RegExp(`"service":"${service}","address":"([^"]+)"`);
      await until(() => {
        if (child.exitCode !== null) throw new Error(`It did not start:\n${output}`);
        return pattern.test(output);
      });
      return pattern.exec(output)?.[1] ?? "";
    },
  };
}
