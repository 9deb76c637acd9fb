import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { createDoor } from "../../src/http/door.ts";
import { readTokens } from "../../src/http/tokens.ts";
import { bearer, secretOf } from "../support/tokens.ts";

const run = (args: readonly string[], input = "") =>
  spawnSync(process.execPath, ["scripts/token.ts", ...args], { encoding: "utf8", input });

const one = await secretOf({ old: ["chat"] });
const many = await secretOf(
  Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, ["chat"]])),
);

describe("npm run token", () => {
  it("shows the token once, beside the value of the secret, and the two fit", async () => {
    const { stdout, stderr, status } = run(["ci", "--scopes", "fanout, tasks:read"]);
    expect(status).toBe(0);
    const [token = "", ...others] = stderr.match(/mf_[\w-]{43}/g) ?? [];
    expect(others).toEqual([]);
    expect(stdout).not.toContain(token);
    expect(stderr).toContain("npx wrangler secret put API_TOKENS");
    const door = createDoor({ tokens: readTokens(stdout), isOpen: false });
    const request = new Request("https://api.example.com/", { headers: bearer(token) });
    expect(await door(request)).toEqual({ name: "ci", scopes: ["fanout", "tasks:read"] });
  });

  it("makes another one each time", () => {
    const outputs = [run(["ci", "--scopes", "fanout"]), run(["ci", "--scopes", "fanout"])].map(
      ({ stdout }) => stdout,
    );
    expect(outputs[0]).not.toBe(outputs[1]);
  });

  it("adds to the present value on standard input", async () => {
    const present = await secretOf({ old: ["admin"] });
    const { stdout } = run(["new", "--scopes", "chat"], `${present}\n`);
    const merged = JSON.parse(stdout) as object;
    expect(merged).toEqual({
      ...(JSON.parse(present) as object),
      new: { sha256: expect.stringMatching(/^[\da-f]{64}$/) as string, scopes: ["chat"] },
    });
  });

  it.each<[string, readonly string[], string, string]>([
    ["no name", ["--scopes", "chat"], "", "npm run token -- <name> --scopes a,b"],
    ["two names", ["a", "b", "--scopes", "chat"], "", "npm run token -- <name> --scopes a,b"],
    ["no scopes", ["ci"], "", "files:write   Write and delete files"],
    ["an unknown option", ["ci", "--scpoes", "chat"], "", "Unknown option '--scpoes'"],
    [
      "an unknown scope",
      ["ci", "--scopes", "chat,fanuot"],
      "",
      "There is no scope `fanuot`; did you mean `fanout`?",
    ],
    ["a bad name", ["CI", "--scopes", "chat"], "", "API_TOKENS: entry 1: expected a name of up to 48"],
    ["a broken value", ["ci", "--scopes", "chat"], "{", "API_TOKENS: expected a JSON object"],
    ["a name that is there", ["old", "--scopes", "chat"], one, "There is a token `old` already"],
    [
      "more than a secret holds",
      ["ci", "--scopes", "chat"],
      many,
      "Expected API_TOKENS to fit into 5120 bytes, got",
    ],
  ])("refuses %s, and makes nothing", (_, args, input, message) => {
    const { stdout, stderr, status } = run(args, input);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/mf_[\w-]{43}/);
    expect({ stdout, status }).toEqual({ stdout: "", status: 1 });
  });
});
