import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const builder = pathToFileURL(join(root, "src/aggregate/endpoint.ts")).href;

/** A configuration whose origins and keys are set nowhere. */
const CONFIG = `
import { endpoint, upstream } from ${JSON.stringify(builder)};
const atlas = upstream("atlas", { origin: { env: "ATLAS_ORIGIN" } });
const mirror = upstream("mirror", {
  origin: { env: "MIRROR_ORIGIN" },
  headers: { "X-Key": { env: "MIRROR_KEY" } },
});
const countries = endpoint("GET /api/countries")
  .branch("names", { from: atlas, get: "/countries", fallback: [{ from: mirror }] });
const compare = endpoint("GET /api/compare").branch("all", { from: atlas, get: "/countries" });
export const config = { endpoints: [countries, compare] };
`;

describe("npm run explain", () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "manifold-explain-"));
    writeFileSync(join(directory, "manifold.config.ts"), CONFIG);
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const run = (...args: readonly string[]) => {
    const env = { PATH: process.env["PATH"], ATLAS_ORIGIN: "" };
    const script = join(root, "scripts/explain.ts");
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      cwd: directory,
      env,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };

  it("explains every endpoint, whatever its origins, without colours for a pipe", () => {
    const { status, stdout, stderr } = run();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^GET \/api\/countries +deadline 10 s\n/);
    expect(stdout).toMatch(/\n\nGET \/api\/compare +deadline 10 s\n/);
    expect(stdout).toContain("up to 2 calls: 1 + 1 at mirror");
    expect(stdout).not.toContain("\u001b");
  });

  it.each(["compare", "GET /api/compare"])("explains the one that is asked for as %s", (name) => {
    const { status, stdout } = run(name);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^GET \/api\/compare /);
    expect(stdout).not.toContain("/api/countries ");
  });

  it("says in one line that there is no such endpoint, and which one was meant", () => {
    expect(run("country")).toEqual({
      status: 1,
      stdout: "",
      stderr: "There is no endpoint `country`; known: `countries`, `compare`\n",
    });
    expect(run("countrie").stderr).toBe("There is no endpoint `countrie`; did you mean `countries`?\n");
  });
});
