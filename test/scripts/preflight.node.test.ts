import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectConfig, expectWritable } from "../../scripts/preflight.ts";
import { readDevVars, readWrangler } from "../../scripts/worker-variables.ts";

let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "manifold-preflight-"));
});

afterAll(async () => await rm(directory, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

const KEYED = `
  import { endpoint, upstream } from "${process.cwd()}/src/aggregate/endpoint.ts";
  const from = upstream("shop", { origin: { env: "SHOP" }, headers: { "X-Key": { env: "SHOP_KEY" } } });
  export const config = { endpoints: [endpoint("GET /api/things").branch("things", { from, get: "/things" })] };
`;

describe("expectConfig", () => {
  it("takes a key that is not known for a secret where it may be one, and nothing else", async () => {
    const path = await write("keyed.ts", KEYED);
    const variables = { SHOP: "https://shop.example" };
    await expect(expectConfig(variables, { path, crons: [], mayKeepSecrets: true })).resolves.toBeUndefined();
    await expect(expectConfig(variables, { path, crons: [] })).rejects.toThrow(
      "the variable `SHOP_KEY` to be set",
    );
    await expect(expectConfig({}, { path, crons: [], mayKeepSecrets: true })).rejects.toThrow(
      "the variable `SHOP` to be set",
    );
  });

  it("says what is wrong with a variable, and not that it was the configuration", async () => {
    const path = await write("keyed-again.ts", KEYED);
    await expect(expectConfig({ LOG: "none" }, { path, crons: [] })).rejects.toThrow(
      /^Expected `LOG` to be one of/,
    );
  });

  it.each([
    [
      "throws.ts",
      "const a = {};\na.b.c;",
      /throws\.ts:2: Cannot read properties of undefined \(reading 'c'\)$/,
    ],
    ["nothing.ts", "export const confg = {};", /nothing\.ts: expected it to export `config`$/],
  ])("says where %s is wrong, in one line", async (name, text, message) => {
    const path = await write(name, text);
    await expect(expectConfig({}, { path, crons: [] })).rejects.toThrow(message);
  });
});

describe("expectWritable", () => {
  it("makes a directory in one that is not there either, and takes one that is", () => {
    const path = join(directory, "a/b");
    expectWritable(path, "STATE_DIR");
    expectWritable(path, "STATE_DIR");
    expect(existsSync(path)).toBe(true);
  });

  it.skipIf(process.platform !== "linux")("comes to an end where nothing can be made", () => {
    expect(() => expectWritable("/proc/manifold/state", "STATE_DIR")).toThrow(
      "Cannot write to /proc/manifold/state (ENOENT); set STATE_DIR to another directory",
    );
  });
});

describe("readDevVars", () => {
  it("reads what there is, and nothing where there is no file", async () => {
    expect(await readDevVars(join(directory, "none"))).toEqual({});
    const path = await write("dev.vars", '# mine\nSHOP_KEY="a b"\nAPI_TOKENS=\'{"ci": {}}\'\n');
    expect(await readDevVars(path)).toEqual({ SHOP_KEY: "a b", API_TOKENS: '{"ci": {}}' });
  });
});

describe("readWrangler", () => {
  it("reads variables and moments", async () => {
    const path = await write("full.toml", '[vars]\nSHOP = "a"\n[triggers]\ncrons = ["* * * * *"]\n');
    expect(await readWrangler(path)).toMatchObject({
      vars: { SHOP: "a" },
      triggers: { crons: ["* * * * *"] },
    });
    expect(await readWrangler(await write("empty.toml", ""))).toMatchObject({
      vars: {},
      triggers: { crons: [] },
    });
  });

  it.each([
    ["what is no TOML", "x = [", /broken\.toml: Invalid TOML document/],
    ["what has another form", 'triggers = { crons = "x" }', /broken\.toml: .*expected array/],
  ])("refuses %s", async (_, text, message) => {
    await expect(readWrangler(await write("broken.toml", text))).rejects.toThrow(message);
  });
});
