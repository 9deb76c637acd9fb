import { mkdir } from "node:fs/promises";
import { startProduct } from "../test/e2e/product.ts";
import { launchBrowser } from "../test/support/browser.ts";

/** Where the pictures of the README are. */
const DIRECTORY = "docs/images";

/** `npm run screenshots`: takes the pictures of the README from the running product. */
async function main(): Promise<void> {
  await mkdir(DIRECTORY, { recursive: true });
  await using product = await startProduct({ DEMO_LATENCY_MS: "100" });
  // The slow one makes the bars tell more.
  const slower = { route: "cities", latencyMs: 160 };
  await fetch(`${product.demoUrl}/_control`, { method: "POST", body: JSON.stringify(slower) });
  const browser = await launchBrowser();
  try {
    for (const colorScheme of ["light", "dark"] as const) {
      const viewport = { width: 1280, height: 800 };
      // Bars that still grow would be drawn too short.
      const page = await browser.newPage({ viewport, colorScheme, reducedMotion: "reduce" });
      await page.goto(`${product.url}/#FRA`);
      await page.locator(".drawing .bar").first().waitFor();
      await page.screenshot({ path: `${DIRECTORY}/console-${colorScheme}.png` });
      await page.close();
    }
  } finally {
    await browser.close();
  }
}

await main();
