import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runTool } from "./tool.ts";

/** How often a runtime is killed under its clients. */
const KILL_ROUNDS = 20;

/** How many pages a crawl has that is killed. */
const CRAWL_PAGES = 2_000;

const SIMULATE = fileURLToPath(new URL("simulate.ts", import.meta.url));

/** `npm run nightly`: what takes too long for every run of the tests, which is more seeds and more kills. */
async function main(): Promise<void> {
  const failed: string[] = [];
  for (const game of ["limits", "chat", "crawl"]) {
    const { status } = spawnSync(process.execPath, [SIMULATE, game], { stdio: "inherit" });
    if (status !== 0) failed.push(`simulate ${game}`);
  }
  process.env["KILL_ROUNDS"] = String(KILL_ROUNDS);
  const { ok } = await runTool("vitest", ["run", "--project", "e2e", "test/e2e/chat.test.ts"], {
    show: true,
  });
  if (!ok) failed.push(`${KILL_ROUNDS} kills`);
  process.env["CRAWL_PAGES"] = String(CRAWL_PAGES);
  const crawls = await runTool(
    "vitest",
    ["run", "--project", "node", "test/faults/crawl/kill.node.test.ts"],
    { show: true },
  );
  if (!crawls.ok) failed.push(`${KILL_ROUNDS} rounds of kills under crawls`);
  console.log(failed.length === 0 ? "All is well" : `Failed: ${failed.join(", ")}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

await main();
