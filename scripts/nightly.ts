import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runTool } from "./tool.ts";

/** How often a runtime is killed under its clients. */
const KILL_ROUNDS = 20;
/** Tasks that are under way when a runtime is killed. */
const KILLED_TASKS = 1_000;

/** How large a download is whose memory is watched. */
const DOWNLOAD_MIB = 2_048;

/** How many pages a crawl has that is killed. */
const CRAWL_PAGES = 2_000;

const SIMULATE = fileURLToPath(new URL("simulate.ts", import.meta.url));
const PROXY_FUZZ = fileURLToPath(new URL("proxy-fuzz.ts", import.meta.url));

/** `npm run nightly`: what takes too long for every run of the tests, which is more seeds and more kills. */
async function main(): Promise<void> {
  const failed: string[] = [];
  for (const game of ["limits", "chat", "telnet", "tasks", "crawl"]) {
    const { status } = spawnSync(process.execPath, [SIMULATE, game], { stdio: "inherit" });
    if (status !== 0) failed.push(`simulate ${game}`);
  }
  const { status } = spawnSync(process.execPath, [PROXY_FUZZ], { stdio: "inherit" });
  if (status !== 0) failed.push("proxy:fuzz");
  process.env["KILL_ROUNDS"] = String(KILL_ROUNDS);
  const { ok } = await runTool("vitest", ["run", "--project", "e2e", "test/e2e/chat.test.ts"], {
    show: true,
  });
  if (!ok) failed.push(`${KILL_ROUNDS} kills`);
  process.env["KILLED_TASKS"] = String(KILLED_TASKS);
  const crashes = await runTool("vitest", ["run", "--project", "e2e", "test/e2e/tasks"], { show: true });
  if (!crashes.ok) failed.push(`kills in the middle of ${KILLED_TASKS} tasks`);
  process.env["DOWNLOAD_MIB"] = String(DOWNLOAD_MIB);
  const memory = ["run", "--project", "e2e", "test/e2e/download-memory.test.ts"];
  const downloads = await runTool("vitest", memory, { show: true });
  if (!downloads.ok) failed.push(`downloads of ${DOWNLOAD_MIB} MiB`);
  process.env["CRAWL_PAGES"] = String(CRAWL_PAGES);
  const crawls = await runTool(
    "vitest",
    ["run", "--project", "node", "test/faults/crawl/kill.node.test.ts"],
    { show: true },
  );
  if (!crawls.ok) failed.push(`${KILL_ROUNDS} rounds of kills under crawls`);
  const queued = await runTool("vitest", ["run", "--project", "e2e", "test/e2e/crawl-crash.test.ts"], {
    show: true,
  });
  if (!queued.ok) failed.push(`${KILL_ROUNDS} rounds of kills under crawls over a queue`);
  console.log(failed.length === 0 ? "All is well" : `Failed: ${failed.join(", ")}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

await main();
