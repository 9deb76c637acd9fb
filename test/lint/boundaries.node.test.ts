import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { violation } from "../../scripts/lint/boundaries.ts";

/** Imports that the table refuses: who imports what, and how. */
const PLANTED: readonly (readonly [from: string, statement: string])[] = [
  ["src/kernel/a.ts", `export * from "../http/a.ts";`],
  ["src/kernel/b.ts", `export { Hono } from "hono";`],
  ["src/kernel/c.ts", `export { readFile } from "node:fs";`],
  ["src/http/a.ts", `export * from "../aggregate/a.ts";`],
  ["src/http/b.ts", `export { env } from "cloudflare:workers";`],
  ["src/aggregate/a.ts", `export * from "../limits/a.ts";`],
  ["src/aggregate/b.ts", `export type { A } from "../chat/a.ts";`],
  ["src/aggregate/c.ts", `export const later = async () => await import("../tasks/a.ts");`],
  ["src/aggregate/d.ts", `export { readFile } from "node:fs";`],
  ["src/aggregate/e.ts", `export * from "../app.ts";`],
  ["src/aggregate/f.ts", `export * from "../../durable-objects/a.ts";`],
  ["src/work/a.ts", `export * from "../http/a.ts";`],
  ["src/handlers/a.ts", `export * from "../chat/a.ts";`],
  ["src/handlers/b.ts", `export { Hono } from "hono";`],
  ["src/files/a.ts", `export * from "../handlers/z.ts";`],
  ["src/limits/tat.ts", `export * from "./policy.ts";`],
  ["src/limits/b.ts", `export * from "../work/a.ts";`],
  ["src/limits/a.ts", `export * from "../../manifold.config.ts";`],
  ["src/chat/a.ts", `export type A = import("../limits/a.ts").A;`],
  ["src/chat/client/a.ts", `export * from "../room.ts";`],
  ["src/chat/client/b.ts", `export * as z from "zod";`],
  ["src/app.ts", `export { readFile } from "node:fs";`],
  ["src/app2.ts", `export * from "../test/a.ts";`],
  ["durable-objects/a.ts", `export { Hono } from "hono";`],
  ["durable-objects/b.ts", `export { readFile } from "node:fs";`],
  ["durable-objects/c.ts", `export * from "../src/app.ts";`],
  ["companion/a.ts", `export * from "../src/aggregate/a.ts";`],
  ["companion/b.ts", `export * from "../src/limits/a.ts";`],
  ["console/a.ts", `export { createApp } from "../src/app.ts";`],
  ["console/b.ts", `export * from "../src/kernel/index.ts";`],
  ["console/c.ts", `export { readFile } from "node:fs";`],
  ["manifold.config.ts", `export * from "./demo/a.ts";`],
];

/** Imports that it allows, to show that it does not refuse everything. */
const ALLOWED: readonly (readonly [from: string, statement: string])[] = [
  ["src/kernel/z.ts", `export * from "./y.ts";`],
  ["src/http/z.ts", `export * from "#kernel";`],
  ["src/aggregate/z.ts", `export * from "../http/z.ts";\nexport { Hono } from "hono";`],
  ["durable-objects/z.ts", `export * from "../src/chat/z.ts";\nexport { env } from "cloudflare:workers";`],
  ["src/z.ts", `export * from "./aggregate/z.ts";\nexport * from "../durable-objects/z.ts";`],
  ["companion/z.ts", `export * from "../src/chat/z.ts";\nexport { readFile } from "node:fs";`],
  ["companion/y.ts", `export * from "../src/http/z.ts";`],
  ["src/tasks/z.ts", `export * from "../work/z.ts";\nexport * from "../limits/tat.ts";`],
  ["src/handlers/z.ts", `export * from "../files/z.ts";\nexport * from "../tasks/z.ts";`],
  ["src/work/z.ts", `export * from "#kernel";`],
  ["src/chat/y.ts", `export * from "./wire.ts";\nexport * from "./client.ts";`],
  ["src/chat/client/z.ts", `export * from "#kernel";\nexport * from "../wire.ts";`],
  ["console/y.ts", `export * from "../src/chat/client.ts";`],
  ["console/z.ts", `export type { A } from "../src/app.ts";\nexport { useState } from "hono/jsx";`],
  ["demo/z.ts", `export * from "../src/kernel/z.ts";\nexport { readFile } from "node:fs";`],
];

describe("the linter", () => {
  const root = resolve(import.meta.dirname, "../..");
  let directory: string;
  const reported = new Map<string, string>();

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "manifold-lint-"));
    cpSync(join(root, "scripts/lint"), join(directory, "scripts/lint"), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(directory, "node_modules"), "junction");
    for (const file of ["oxlint.config.ts", "tsconfig.json"]) cpSync(join(root, file), join(directory, file));
    for (const [from, statement] of [...PLANTED, ...ALLOWED]) {
      mkdirSync(dirname(join(directory, from)), { recursive: true });
      writeFileSync(join(directory, from), `${statement}\n`);
    }
    const places = new Set([...PLANTED, ...ALLOWED].map(([from]) => from.split("/", 1)[0] ?? from));
    const { stdout } = spawnSync(
      process.execPath,
      [join(root, "node_modules/oxlint/bin/oxlint"), "--format=json", ...places],
      { cwd: directory, encoding: "utf8" },
    );
    const { diagnostics } = JSON.parse(stdout) as {
      diagnostics: { code: string; filename: string; message: string }[];
    };
    for (const { code, filename, message } of diagnostics) {
      if (code === "manifold(boundaries)") reported.set(filename.replaceAll("\\", "/"), message);
    }
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it.each(PLANTED)("catches what is planted in %s: %s", (from) => {
    expect(reported.get(from)).toMatch(/may (not )?import|belongs to no area/);
  });

  it.each(ALLOWED)("lets pass what is right in %s", (from) => {
    expect(reported.get(from)).toBeUndefined();
  });
});

describe("violation", () => {
  it("says who may not import what", () => {
    const from = "src/limits/bucket.ts";
    expect(violation({ from, specifier: "../chat/room.ts", typeOnly: false })).toBe(
      "`limits` may not import `chat` (`../chat/room.ts`)",
    );
    expect(violation({ from, specifier: "node:fs", typeOnly: false })).toBe(
      "`limits` may not import the package `node:fs`",
    );
    expect(violation({ from: "elsewhere/a.ts", specifier: "hono", typeOnly: false })).toBe(
      "`elsewhere/a.ts` belongs to no area of scripts/lint/boundaries.ts",
    );
  });
});
