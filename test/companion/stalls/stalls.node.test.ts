import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Stall } from "../../../companion/stalls/report.ts";
import { until } from "../../e2e/product.ts";

const BLOCK = fileURLToPath(new URL("./block.ts", import.meta.url));

/** A process that is watched, and stands still in one of its ways until it is let go. */
async function blocked(way: string) {
  const directory = await mkdtemp(join(tmpdir(), "manifold-stalls-"));
  const path = join(directory, "go-on");
  const child = spawn(process.execPath, [BLOCK, way, path], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  const lines = () =>
    output
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  return {
    lines,
    letGo: async () => await writeFile(path, ""),
    async hear(isIt: (line: Line) => boolean): Promise<Line> {
      await until(() => lines().some(isIt) || child.exitCode !== null);
      return lines().find(isIt) ?? { event: "none" };
    },
    end: once(child, "close"),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await rm(directory, { recursive: true });
    },
  };
}

/** What the process logs. */
interface Line {
  readonly event: string;
  readonly stalledMs?: number;
  readonly stack?: readonly string[];
  readonly stalls?: readonly Stall[];
}

const isKnown = ({ event }: Line) => event === "known";
const linesWith = (text: string, { stack = [] }: { readonly stack?: readonly string[] }) =>
  stack.filter((frame) => frame.includes(text));

describe("watchStalls", () => {
  it.each([
    ["loop", "standInLoop"],
    ["expression", "standInExpression"],
  ])("tells where the event loop stands while it does: in a(n) %s", async (way, name) => {
    await using child = await blocked(way);
    const isThere = (one: { readonly stack?: readonly string[] }) =>
      linesWith(`at ${name} (`, one).length > 0;
    // It goes on only when we have heard of it: the report cannot come after. On a busy machine there may be others.
    const stall = await child.hear(isThere);
    expect(linesWith(`at ${name} (`, stall)[0]).toMatch(/stalls\/block\.ts:\d+:\d+\)$/);
    expect(stall.stalledMs).toBeGreaterThanOrEqual(100);
    expect(child.lines().some(isKnown)).toBe(false);
    await child.letGo();
    const kept = (await child.hear(isKnown)).stalls?.find(isThere);
    expect(kept?.isOver).toBe(true);
    expect(kept?.forMs).toBeGreaterThanOrEqual(stall.stalledMs ?? Infinity);
    expect(linesWith(`at ${name} (`, kept ?? {})).toHaveLength(1);
    expect(await child.end).toEqual([0, null]);
  });

  it.each([
    ["json", "standInJson"],
    ["derivation", "standInDerivation"],
  ])("tells of what cannot be stopped, with where it goes on: %s", async (way, name) => {
    await using child = await blocked(way);
    const { stalls } = await child.hear(isKnown);
    const stall = stalls?.find((one) => linesWith(`at ${name} (`, one).length === 1);
    expect(stall).toMatchObject({ isOver: true });
    expect(await child.end).toEqual([0, null]);
  });
});
