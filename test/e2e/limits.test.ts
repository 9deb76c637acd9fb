import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningWorker, startWorker } from "../support/worker.ts";
import { requestAndReset, until } from "./product.ts";

let worker: RunningWorker;
beforeAll(async () => {
  worker = await startWorker({ AUTH: "open", ALLOW_LOOPBACK: "1" });
});
afterAll(async () => await worker[Symbol.asyncDispose]());

const acquireUrl = () => `${worker.url}/v1/limits/demo/acquire`;

const acquire = async (key: string, body: object = {}) =>
  await fetch(acquireUrl(), { method: "POST", body: JSON.stringify({ key, ...body }) });

const waiting = async (key: string) => {
  const response = await fetch(`${worker.url}/v1/limits/demo?key=${key}`);
  return ((await response.json()) as { waiting: number }).waiting;
};

describe("the limit `demo`", () => {
  it("lets five pass at once, and tells the sixth when to come back", async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => acquire("burst")));
    const allowed = answers.filter(({ status }) => status === 200);
    expect(allowed.length).toBeGreaterThanOrEqual(5);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get("RateLimit-Policy")).toBe('"demo";q=5;w=1');
    expect(refused?.headers.get("RateLimit")).toBe('"demo";r=0;t=1');
    expect(refused?.headers.get("Retry-After")).toBe("1");
  });

  it("lets all of twenty who wait go, those included who have a place reserved", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => acquire("twenty", { mode: "wait" })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(await waiting("twenty")).toBe(0);
  });

  it("serves those who wait in the order in which they came", async () => {
    await acquire("order", { cost: 5 });
    const order: number[] = [];
    const answers: Promise<unknown>[] = [];
    for (const [place, cost] of [5, 1, 3, 1].entries()) {
      answers.push(acquire("order", { mode: "wait", cost }).then(() => order.push(place)));
      await until(async () => order.length > 0 || (await waiting("order")) > place);
    }
    await Promise.all(answers);
    expect(order).toEqual([0, 1, 2, 3]);
  });
});

describe("a client that leaves while it waits", () => {
  const body = (key: string, cost: number) => JSON.stringify({ key, mode: "wait", cost });

  it("frees its place in the queue when its connection is reset", async () => {
    await acquire("leaves", { cost: 5 });
    const reset = await requestAndReset(acquireUrl(), "POST", body("leaves", 5));
    await until(async () => (await waiting("leaves")) === 1);
    const behind = acquire("leaves", { mode: "wait" });
    await until(async () => (await waiting("leaves")) === 2);
    reset();
    const answer = await behind;
    // Behind the other, it would have waited for six tokens.
    expect(((await answer.json()) as { waitedMs: number }).waitedMs).toBeLessThan(1_000);
    expect(await waiting("leaves")).toBe(0);
  });

  it("frees a place that is reserved for it", async () => {
    await acquire("far", { cost: 5 });
    const resets = await Promise.all(
      Array.from({ length: 20 }, async () => await requestAndReset(acquireUrl(), "POST", body("far", 5))),
    );
    await until(async () => (await waiting("far")) >= 18);
    for (const reset of resets) reset();
    // By themselves they would be there for twenty seconds.
    await until(async () => (await waiting("far")) === 0, 10_000);
    expect(await waiting("far")).toBe(0);
  });
});
