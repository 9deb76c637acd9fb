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
  const first = (event: string) => lines().find((line) => line.event === event);
  return {
    lines,
    letGo: async () => await writeFile(path, ""),
    async hear(event: string): Promise<Line> {
      await until(() => first(event) !== undefined || child.exitCode !== null);
      return first(event) ?? { event: "none" };
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

const linesWith = (text: string, { stack = [] }: { readonly stack?: readonly string[] }) =>
  stack.filter((frame) => frame.includes(text));

describe("watchStalls", () => {
  it.each([
    ["loop", "standInLoop"],
    ["expression", "standInExpression"],
  ])("tells where the event loop stands while it does: in a(n) %s", async (way, name) => {
    await using child = await blocked(way);
    // It goes on only when we have heard of it: the report cannot come after.
    const stall = await child.hear("stall");
    const seen = stall.stack?.length === 0 ? await child.hear("stall-went-on") : stall;
    expect(linesWith(`at ${name} (`, seen)[0]).toMatch(/stalls\/block\.ts:\d+:\d+\)$/);
    expect(stall.stalledMs).toBeGreaterThanOrEqual(100);
    expect(child.lines().some(({ event }) => event === "known")).toBe(false);
    await child.letGo();
    const [kept] = (await child.hear("known")).stalls ?? [];
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
    const { stalls } = await child.hear("known");
    const stall = stalls?.find((one) => linesWith(`at ${name} (`, one).length === 1);
    expect(stall).toMatchObject({ isOver: true });
    expect(await child.end).toEqual([0, null]);
  });
});
