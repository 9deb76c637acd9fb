import { pathToFileURL } from "node:url";
import { type Finished, runTool } from "./tool.ts";

interface Check {
  readonly name: string;
  readonly run: () => Promise<Finished>;
}

const types = (project: string): Check => ({
  name: `types (${project})`,
  run: async () => await runTool("typescript", ["-p", `tsconfig.${project}.json`], { bin: "tsc" }),
});

const CHECKS: readonly Check[] = [
  types("worker"),
  types("node"),
  types("console"),
  { name: "lint", run: async () => await runTool("oxlint", []) },
  { name: "format", run: async () => await runTool("oxfmt", ["--check"]) },
  { name: "dead code", run: async () => await runTool("knip", []) },
];

/**
 * Runs every check that reads the code without running it, and says how each went.
 *
 * @returns How many passed and failed.
 */
export async function runChecks(): Promise<{ passed: number; failed: number }> {
  let failed = 0;
  await Promise.all(
    CHECKS.map(async ({ name, run }) => {
      const { ok, output, tookMs } = await run();
      console.log(`${ok ? "✓" : "✗"} ${name} (${(tookMs / 1000).toFixed(1)} s)`);
      if (ok) return;
      failed += 1;
      console.log(output);
    }),
  );
  return { passed: CHECKS.length - failed, failed };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { failed } = await runChecks();
  process.exitCode = failed > 0 ? 1 : 0;
}
