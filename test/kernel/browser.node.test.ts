import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../support/browser.ts";

/** Runs in the page, with the kernel in scope as `kernel`. */
const PROGRAM = `(async () => {
  const clock = new kernel.VirtualClock();
  const log = [];
  const sleeper = (ms) => async (signal) => {
    await kernel.sleep(ms, signal, clock);
    log.push(ms);
    return ms;
  };
  const results = await clock.run(kernel.gather([sleeper(20), sleeper(10)], { clock }));
  const limited = kernel.withTimeout(sleeper(1000), 5, { clock }).catch((error) => error.name);
  return { results, log, timeout: await clock.run(limited), leftTimers: clock.pending };
})()`;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => await browser.close());

describe("the kernel in a browser", () => {
  it("runs unchanged", async () => {
    const { outputFiles } = await build({
      entryPoints: ["src/kernel/index.ts"],
      bundle: true,
      write: false,
      format: "iife",
      globalName: "kernel",
    });
    const page = await browser.newPage();
    await page.addScriptTag({ content: outputFiles[0]?.text ?? "" });
    expect(await page.evaluate(PROGRAM)).toEqual({
      results: [20, 10],
      log: [10, 20],
      timeout: "TimeoutError",
      leftTimers: 0,
    });
  });
});
