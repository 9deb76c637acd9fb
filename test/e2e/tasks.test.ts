import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Product, startProduct, until } from "./product.ts";

/** `npm run nightly` plays a thousand. */
const TASKS = Number(process.env["KILLED_TASKS"] ?? 60);
const ENDED = ["succeeded", "failed", "expired", "cancelled", "dead"];

interface TaskView {
  readonly state: string;
  readonly attempts: number;
  readonly result: readonly { readonly code: string; readonly stats: object | null }[];
  readonly events: readonly { readonly what: string }[];
}

async function get<T>(product: Product, path: string): Promise<T> {
  const response = await fetch(`${product.url}${path}`);
  expect(response.status).toBe(200);
  return (await response.json()) as T; // what the routes' own tests show
}

async function countsOf(product: Product): Promise<Readonly<Record<string, number>>> {
  const { types } = await get<{ types: { compare: { counts: Record<string, number> } } }>(
    product,
    "/v1/tasks/stats",
  );
  return types.compare.counts;
}

/** Ends the runtime and all around it, with no chance to do anything about it. */
async function kill(product: Product): Promise<void> {
  process.kill(-(product.child.pid ?? Number.NaN), "SIGKILL");
  await once(product.child, "exit");
}

describe("tasks, when the runtime is killed in the middle of them", () => {
  it("all end once, with their results", async () => {
    const stateDir = await mkdtemp(join(tmpdir(), "manifold-tasks-"));
    const environment = { STATE_DIR: stateDir, TASK_LEASE_MS: "15000", DEMO_LATENCY_MS: "300" };
    let product = await startProduct(environment);
    try {
      const tasks = Array.from({ length: TASKS }, () => ({
        type: "compare",
        payload: { codes: ["FRA", "DEU"] },
      }));
      const response = await fetch(`${product.url}/v1/tasks/batch`, {
        method: "POST",
        body: JSON.stringify({ tasks }),
      });
      const { items } = (await response.json()) as { readonly items: readonly { readonly id: string }[] };
      expect(new Set(items.map(({ id }) => id)).size).toBe(TASKS);

      await until(async () => ((await countsOf(product))["succeeded"] ?? 0) >= 10);
      await kill(product);
      product = await startProduct(environment);
      let counts: Readonly<Record<string, number>> = {};
      await until(
        async () => {
          counts = await countsOf(product);
          return ENDED.reduce((sum, state) => sum + (counts[state] ?? 0), 0) === TASKS;
        },
        60_000 + TASKS * 100,
      );
      expect(counts).toEqual({ succeeded: TASKS });

      let again = 0;
      for (const { id } of items) {
        const { attempts, events, result } = await get<TaskView>(product, `/v1/tasks/${id}`);
        expect(events.filter(({ what }) => what === "succeeded")).toHaveLength(1);
        expect(result.map(({ code }) => code)).toEqual(["FRA", "DEU"]);
        if (attempts > 1) again += 1;
      }
      // Otherwise nothing was running when it was killed.
      expect(again).toBeGreaterThan(0);
    } finally {
      await product[Symbol.asyncDispose]();
      await rm(stateDir, { recursive: true, force: true });
    }
  }, 300_000);
});
