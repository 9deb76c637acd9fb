import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** What hangs fails; what is slow on a busy machine does not. */
const PATIENCE = { testTimeout: 60_000, hookTimeout: 60_000 };

/**
 * Where a test runs is in its name: `x.test.ts` in Node and in workerd, `x.node.test.ts` and `x.worker.test.ts` in
 * one of them; `test/e2e` starts the whole product.
 */
export default defineConfig({
  test: {
    // The tests wait more than they compute.
    maxWorkers: 4,
    projects: [
      {
        test: {
          name: "node",
          ...PATIENCE,
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.worker.test.ts", "test/e2e/**"],
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            // The upstream of wrangler.toml is on this machine.
            miniflare: { bindings: { ALLOW_LOOPBACK: "1" } },
          }),
        ],
        test: {
          name: "workerd",
          ...PATIENCE,
          // Files share a runtime: what runs here keeps no state in it.
          isolate: false,
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.node.test.ts", "test/e2e/**"],
        },
      },
      {
        test: {
          name: "e2e",
          testTimeout: 240_000,
          hookTimeout: 240_000,
          include: ["test/e2e/*.test.ts"],
          globalSetup: "./test/e2e/setup.ts",
        },
      },
    ],
  },
});
