import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { startDemo } from "../../demo/server.ts";
import { rawClient } from "../companion/raw-client.ts";
import { freePort, start, startProduct, until } from "./product.ts";

describe("npm start", () => {
  it("says where it is and what to try, and ends all it started at Ctrl-C", async () => {
    const product = await startProduct({ DEMO_LATENCY_MS: "1" });
    expect(product.output()).toContain(`Manifold is ready on ${product.url}`);
    expect(product.output()).toContain(`curl ${product.url}/api/countries/FRA`);
    expect(product.output()).toContain("/v1 lets everyone in (AUTH=open)");
    expect(product.output()).toContain("  echo       echo Hello | nc -N 127.0.0.1");
    expect(product.output()).toContain("  chat       telnet 127.0.0.1");
    using echo = await rawClient(product.companion.echo);
    echo.say("Hello");
    await echo.hear("Echo: Hello");
    expect(await (await fetch(`${product.url}/api/countries/NOR`)).json()).toMatchObject({
      facts: { name: "Norway" },
    });
    product.child.kill("SIGINT");
    expect(await product.exit).toEqual({ code: 0 });
    await until(() => !product.isAlive());
  });

  it("runs without the demo and with its door shut, and ends at a polite stop", async () => {
    await using demo = await startDemo();
    const product = await startProduct({ DEMO: "0", ATLAS_ORIGIN: demo.url, AUTH: "closed", COMPANION: "0" });
    expect(product.output()).not.toContain("nc -N");
    expect(product.output()).not.toContain("AUTH=open");
    expect(product.output()).toContain("/v1 lets nobody in");
    const response = await fetch(`${product.url}/v1/anything`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ type: "urn:manifold:problem:auth-not-configured" });
    const answer = await (await fetch(`${product.url}/api/countries/NOR?_timeline=1`)).json();
    expect(answer).toMatchObject({ facts: { name: "Norway" } });
    expect(answer).not.toHaveProperty("_timeline");
    product.child.kill("SIGTERM");
    expect(await product.exit).toEqual({ code: 0 });
    await until(() => !product.isAlive());
  });

  it("leaves no process behind when it is killed", async () => {
    const product = await startProduct();
    product.child.kill("SIGKILL");
    expect(await product.exit).toEqual({ code: null });
    await until(() => !product.isAlive());
  });

  it.each<[Record<string, string>, string]>([
    [{ AUTH: "opne" }, 'Expected AUTH to be one of open, closed, got "opne"'],
    [
      { STATE_DIR: "package.json/state" },
      "Cannot write to package.json/state (ENOTDIR); set STATE_DIR to another directory",
    ],
    [
      { ALLOW_LOOPBACK: "0" },
      "manifold.config.ts: GET /api/countries: branch `names`: upstream `atlas`: expected `ATLAS_ORIGIN` not to be on this machine unless `ALLOW_LOOPBACK` is 1",
    ],
  ])("refuses %o in one line, with exit code 1", async (environment, message) => {
    const started = start({
      PORT: String(await freePort()),
      DEMO_PORT: String(await freePort()),
      COMPANION: "0",
      ...environment,
    });
    expect(await started.exit).toEqual({ code: 1 });
    expect(started.output()).toContain(message);
    expect(started.output().trimEnd().split("\n")).toHaveLength(1);
  });

  it.each(["PORT", "ECHO_PORT", "CHAT_PORT"])("says when %s is in use, in one line", async (variable) => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const started = start({
      PORT: String(await freePort()),
      DEMO_PORT: String(await freePort()),
      ECHO_PORT: String(await freePort()),
      MONITOR_PORT: "0",
      PROXY_PORT: "0",
      [variable]: String(port),
    });
    expect(await started.exit).toEqual({ code: 1 });
    server.close();
    expect(started.output().trim()).toBe(`Port ${port} is in use; set ${variable} to another one`);
  });
});

describe("a misspelt variable of wrangler.toml", () => {
  it("is refused before anything is started, as it is by a deploy", async () => {
    const directory = await mkdtemp(join(tmpdir(), "manifold-e2e-"));
    const wrangler = await readFile("wrangler.toml", "utf8");
    await writeFile(
      join(directory, "wrangler.toml"),
      wrangler.replace("[vars]\n", '[vars]\nALOWED_HOSTS = "a.example"\n'),
    );
    const script = fileURLToPath(import.meta.resolve("../../scripts/start.ts"));
    const starting = promisify(execFile)(process.execPath, [script], { cwd: directory });
    await expect(starting).rejects.toMatchObject({
      code: 1,
      stderr: "Expected no variable ALOWED_HOSTS, which means nothing; did you mean ALLOWED_HOSTS?\n",
    });
    await rm(directory, { recursive: true });
  });
});

describe("a broken configuration", () => {
  const variables = { ATLAS_ORIGIN: "http://127.0.0.1:9100", ALLOW_LOOPBACK: "1" };
  const preflight = JSON.stringify(import.meta.resolve("../../scripts/preflight.ts"));

  /** What `npm start` would say of the configuration in a file: asked of Node, which reads it in another way than a test's loader. */
  async function answerTo(path: string): Promise<string> {
    const options = JSON.stringify({ path, crons: ["0 6 * * *"] });
    const program = `import { expectConfig } from ${preflight};
      await expectConfig(${JSON.stringify(variables)}, ${options}).then(
        () => console.log("accepted"),
        (error) => console.log(error.message),
      );`;
    return (await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program])).stdout;
  }

  /** The project's configuration with one mistake in it, in a folder as people name them. */
  async function refusalOf(right: string, wrong: string): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), "my projects (new) "));
    try {
      const source = await readFile("manifold.config.ts", "utf8");
      expect(source).toContain(right);
      const absolute = source
        .replaceAll('"./src/', `"${import.meta.resolve("../../src")}/`)
        .replace('"zod"', `"${import.meta.resolve("zod")}"`);
      const path = join(directory, "config.ts");
      await writeFile(path, absolute.replace(right, wrong));
      return (await answerTo(path)).replaceAll(path, "config");
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  it.each([
    [
      'branch("stats", {',
      'branch("stats", { needs: ["fcats"],',
      "config: GET /api/countries/:code: branch `stats`: expected `needs` to name branches of this endpoint, got `fcats`; did you mean `facts`?",
    ],
    [
      'branch("facts", {',
      'branch("facts", { needs: ["facts"],',
      "config: GET /api/countries/:code: expected `needs` to form no circle, got `facts` → `facts`",
    ],
    [
      "timeoutMs: 2_000",
      "timeoutMs: -2_000",
      "upstream `atlas`: expected `timeoutMs` to be a number of milliseconds > 0, got -2000",
    ],
    [
      '{ env: "ATLAS_ORIGIN" }',
      '"atlas"',
      "expected `origin` to be an origin like `https://api.example.com`, got `atlas`",
    ],
    ["/countries/:code/stats", "/countries/:cod/stats", "got `:cod`; did you mean `code`?"],
    ["export const config", "export const config = ; //", /^config:\d+: Expression expected$/m],
    [
      "export const config",
      "undefined.x; export const config",
      /^config:\d+: Cannot read properties of undefined/,
    ],
  ])("with `%s` as `%s` is refused", async (right, wrong, message) => {
    const refusal = await refusalOf(right, wrong);
    expect(refusal).toMatch(message);
    expect(refusal).not.toContain("    at ");
  });
});
