import { afterAll, beforeAll, beforeEach } from "vitest";
import { type Demo, type DemoOptions, startDemo } from "../../demo/server.ts";
import type { StatsReport } from "../../demo/stats.ts";
import { type RunningWorker, startWorker } from "../support/worker.ts";

/** The Worker over the demo upstreams, for all tests of a file; faults and counts begin anew with each test. */
export function overDemo(options: DemoOptions = {}) {
  let demo: Demo;
  let worker: RunningWorker;
  beforeAll(async () => {
    demo = await startDemo(options);
    worker = await startWorker({ ATLAS_ORIGIN: demo.url, AUTH: "open", ALLOW_LOOPBACK: "1" });
  });
  afterAll(async () => {
    await worker[Symbol.asyncDispose]();
    await demo[Symbol.asyncDispose]();
  });
  const setFault = async (fault: object) => {
    const response = await fetch(`${demo.url}/_control`, { method: "POST", body: JSON.stringify(fault) });
    if (!response.ok) throw new Error(`The demo refused the fault: ${await response.text()}`);
  };
  beforeEach(async () => {
    await setFault({});
    await fetch(`${demo.url}/_stats`, { method: "DELETE" });
  });
  return {
    /** Where the demo is; known once the tests run. */
    demoUrl: () => demo.url,
    workerUrl: () => worker.url,
    setFault,
    stats: async () => (await (await fetch(`${demo.url}/_stats`)).json()) as StatsReport,
  };
}
