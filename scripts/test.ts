import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildConsole } from "./build-console.ts";
import { runChecks } from "./check.ts";
import { runTool } from "./tool.ts";

/** The part of the test runner's report that we count. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
}

/** `npm test`: the checks, a dry deploy, all tests. Ends with one line of totals, in which each check counts as one. */
async function main(): Promise<void> {
  const checks = await runChecks();
  await buildConsole({});
  const deploy = await runTool("wrangler", ["deploy", "--dry-run", "--outdir", ".manifold/dry"]);
  console.log(`${deploy.ok ? "✓" : "✗"} deploys, dry (${(deploy.tookMs / 1000).toFixed(1)} s)`);
  if (!deploy.ok) console.log(deploy.output);

  const tests = await runTests(process.argv.slice(2));
  const passed = checks.passed + Number(deploy.ok) + tests.passed;
  const failed = checks.failed + Number(!deploy.ok) + tests.failed;
  const skipped = tests.skipped > 0 ? `, ${tests.skipped} skipped` : "";
  console.log(`${passed} passed, ${failed} failed${skipped}`);
  process.exitCode = failed > 0 ? 1 : 0;
}

async function runTests(
  filters: readonly string[],
): Promise<{ passed: number; failed: number; skipped: number }> {
  const directory = await mkdtemp(join(tmpdir(), "manifold-test-"));
  try {
    const file = join(directory, "report.json");
    const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, ...filters];
    const { ok } = await runTool("vitest", args, { show: true });
    const report = JSON.parse(await readFile(file, "utf8")) as Report;
    const failed = report.numFailedTests;
    // A file that cannot be loaded has no failed test of its own, and the run has failed all the same.
    return {
      passed: report.numPassedTests,
      failed: ok ? failed : Math.max(1, failed),
      skipped: report.numPendingTests,
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

await main();
