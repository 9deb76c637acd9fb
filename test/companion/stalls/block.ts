import { pbkdf2Sync } from "node:crypto";
import { existsSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createLog } from "../../../companion/log.ts";
import { watchStalls } from "../../../companion/stalls/stalls.ts";

/**
 * A process that is watched, and then stands still: `node block.ts <way> <path>`. What can be stopped goes on until
 * something is at the path; whoever started this puts it there. It prints what is known of its stalls at the end.
 */
const [way = "", path = ""] = process.argv.slice(2);

function standInLoop(): void {
  while (!existsSync(path));
}

function standInExpression(): void {
  // Some 2^24 steps a turn.
  while (!existsSync(path)) /^(a+)+$/.test(`${"a".repeat(24)}b`);
}

function standInJson(): unknown {
  const text = `[${"1,".repeat(10_000_000)}0]`;
  return typeNameOf(JSON.parse(text));
}

function typeNameOf(value: unknown): string {
  return typeof value;
}

function standInDerivation(): unknown {
  return pbkdf2Sync("password", "salt", 500_000, 64, "sha512");
}

const WAYS: Readonly<Record<string, () => unknown>> = {
  loop: standInLoop,
  expression: standInExpression,
  json: standInJson,
  derivation: standInDerivation,
};

/** Waits until the event loop has turned a few times, so that nothing of the start is taken for a stall. */
async function settled(): Promise<void> {
  using turns = monitorEventLoopDelay({ resolution: 10 });
  turns.enable();
  while (turns.count < 20) await new Promise((resolve) => setImmediate(resolve));
}

const log = createLog("info");
await using stalls = await watchStalls({ limitMs: 100, logLevel: "info", log });
await settled();
log.info({ event: "blocking" });
WAYS[way]?.();
await settled();
log.info({ event: "known", stalls: stalls.list() });
