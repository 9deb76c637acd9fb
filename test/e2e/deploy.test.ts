import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { startWorker } from "../support/worker.ts";

const deploy = (...args: readonly string[]) =>
  spawnSync(process.execPath, ["scripts/deploy.ts", ...args], { encoding: "utf8" });

describe("npm run deploy", () => {
  it("refuses an upstream on the deployer's machine before anything is sent", () => {
    const { status, stderr, stdout } = deploy();
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr.trim()).toBe(
      "manifold.config.ts: GET /api/countries: branch `names`: upstream `atlas`: " +
        "expected `ATLAS_ORIGIN` not to be on this machine unless `ALLOW_LOOPBACK` is 1, got `http://127.0.0.1:9100`",
    );
  });

  it.each([
    ["AUTH:open", "Expected a deploy without AUTH=open, which is for local use only"],
    ["ALLOW_LOOPBACK:1", "Expected a deploy without ALLOW_LOOPBACK=1, which is for local use only"],
    [
      "API_TOKENS:{}",
      "Expected API_TOKENS as a secret, not as a variable: npx wrangler secret put API_TOKENS",
    ],
    [
      "ALOWED_HOSTS:a.example",
      "Expected no variable ALOWED_HOSTS, which means nothing; did you mean ALLOWED_HOSTS?",
    ],
  ])("refuses to send %s", (variable, message) => {
    for (const args of [["--var", variable], [`--var=${variable}`], ["--var", "LOG:all", variable]]) {
      const { status, stderr, stdout } = deploy("--dry-run", ...args);
      expect({ status, stderr: stderr.trim(), stdout }).toEqual({ status: 1, stderr: message, stdout: "" });
    }
  });

  it("builds all of it and sends nothing with --dry-run, and hands on what follows", () => {
    const { status, stdout } = deploy("--dry-run", "--var", "ATLAS_ORIGIN:https://atlas.example");
    // What is given on the command line is given a place of its own, and not shown.
    expect(stdout).toContain('env.ATLAS_ORIGIN ("(hidden)")');
    expect(stdout).toContain("--dry-run: exiting now.");
    expect(status).toBe(0);
  });
});

describe("a Worker whose variables do not fit its configuration", () => {
  it("does not start", async () => {
    await expect(startWorker({ ALLOW_LOOPBACK: "0" })).rejects.toThrow(/./);
  });

  it("says what is wrong where it is being edited", async () => {
    await using worker = await startWorker({ ALLOW_LOOPBACK: "1", ATLAS_ORIGIN: "nowhere" });
    const response = await fetch(`${worker.url}/api/countries/FRA`);
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      type: "urn:manifold:problem:config-invalid",
      faults: [
        "GET /api/countries: branch `names`: upstream `atlas`: " +
          "expected `ATLAS_ORIGIN` to be an origin like `https://api.example.com`, got `nowhere`",
      ],
    });
  });
});
