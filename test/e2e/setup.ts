import { buildConsole } from "../../scripts/build-console.ts";
import { buildWorker } from "../../scripts/build-worker.ts";
import { BUNDLE_DIR } from "../support/worker.ts";

/** Runs once before the tests of the whole product. */
export async function setup(): Promise<void> {
  await buildConsole({});
  await buildWorker(BUNDLE_DIR);
}
