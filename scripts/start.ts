import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  type CancelSignal,
  type Scope,
  sleep,
  TimeoutError,
  toAbortSignal,
  withScope,
  withTimeout,
} from "#kernel";
import { buildConsole } from "./build-console.ts";
import { runChild } from "./child.ts";
import { readOptions, StartError, type StartOptions } from "./options.ts";
import { expectConfig, expectFreePort, expectWritable } from "./preflight.ts";

/** How long the Worker may take until it answers, in milliseconds. */
const READY_WITHIN_MS = 60_000;

const WRANGLER = fileURLToPath(import.meta.resolve("wrangler/package.json")).replace(
  "package.json",
  "bin/wrangler.js",
);

/** `npm start`: the demo upstreams and the Worker on this machine, until Ctrl-C. `--watch` is `npm run dev`. */
async function main(): Promise<void> {
  const beganMs = performance.now();
  const options = readOptions(process.env);
  const isWatching = process.argv.includes("--watch");
  await expectConfig(options.variables);
  await expectFreePort(options.port, "PORT");
  if (options.withDemo) await expectFreePort(options.demoPort, "DEMO_PORT");
  expectWritable(options.stateDir, "STATE_DIR");
  await using _console = await buildConsole({ watch: isWatching });

  await withScope(async (scope) => {
    void scope.spawn("stop", async (signal) => {
      const stop = { signal: toAbortSignal(signal) };
      await Promise.race([once(process, "SIGINT", stop), once(process, "SIGTERM", stop)]);
      throw new Stopped();
    });
    if (options.withDemo) spawnDemo(scope, options, isWatching);
    spawnWorker(scope, options, isWatching);
    await expectReady(`http://127.0.0.1:${options.port}/healthz`, scope.signal);
    const signal = toAbortSignal(scope.signal);
    const door = await lookAtDoor(`http://127.0.0.1:${options.port}/v1/endpoints`, signal);
    announce(options, door, performance.now() - beganMs);
    await once(signal, "abort");
  });
}

/** Somebody asked us to stop; that is no failure. */
class Stopped extends Error {}

function spawnDemo(scope: Scope, { demoPort, demoLatencyMs }: StartOptions, isWatching: boolean): void {
  const env = { DEMO_PORT: String(demoPort), DEMO_LATENCY_MS: String(demoLatencyMs) };
  const program = fileURLToPath(new URL("../demo/main.ts", import.meta.url));
  const args = isWatching ? ["--watch", "--watch-preserve-output", program] : [program];
  void scope.spawn(
    "demo",
    async (signal) => await runChild("The demo", args, toAbortSignal(signal), { env }),
  );
}

function spawnWorker(scope: Scope, { port, stateDir, variables }: StartOptions, isWatching: boolean): void {
  const flags = {
    ip: "127.0.0.1",
    port: String(port),
    "inspector-port": "0",
    "persist-to": stateDir,
    // Whoever edits wants to see what each request did.
    "log-level": isWatching ? "log" : "warn",
    "show-interactive-dev-session": "false",
  };
  const args = [
    WRANGLER,
    "dev",
    ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
    ...Object.entries({ TICKET_SECRET: makeSecret(), ...variables }).map(
      ([name, value]) => `--var=${name}:${value}`,
    ),
  ];
  const env = {
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_HIDE_BANNER: "true",
    // Local requests need no data about where they come from; asking for it waits for a network.
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
  };
  void scope.spawn(
    "worker",
    async (signal) => await runChild("The Worker", args, toAbortSignal(signal), { env }),
  );
}

/** A new one each time: what it signs is good for a minute. */
function makeSecret(): string {
  return randomBytes(32).toString("base64url");
}

async function expectReady(url: string, signal: CancelSignal): Promise<void> {
  const poll = async (inner: CancelSignal) => {
    for (;;) {
      const response = await fetch(url, { signal: toAbortSignal(inner) }).catch(() => undefined);
      if (response?.ok === true) return;
      await sleep(50, inner);
    }
  };
  try {
    await withTimeout(poll, READY_WITHIN_MS, { signal });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    throw new StartError(`The Worker did not answer within ${READY_WITHIN_MS / 1000} s`, { cause: error });
  }
}

/** Who may use `/v1`, in words, by what it answers to who shows no token. */
async function lookAtDoor(url: string, signal: AbortSignal): Promise<string> {
  const { status } = await fetch(url, { signal });
  if (status === 200) return "/v1 lets everyone in (AUTH=open), which is for this machine only";
  if (status === 401) return "/v1 lets in who has a token (API_TOKENS)";
  return "/v1 lets nobody in, for there are no tokens that can be used; npm run token makes one";
}

function announce({ port, withDemo, demoPort }: StartOptions, door: string, tookMs: number): void {
  const lines = [
    `Manifold is ready on http://127.0.0.1:${port} (${(tookMs / 1000).toFixed(1)} s)`,
    `  try        curl http://127.0.0.1:${port}/api/countries/FRA`,
    `  reference  http://127.0.0.1:${port}/docs`,
  ];
  if (withDemo) lines.push(`  upstreams  http://127.0.0.1:${demoPort}  (GET /_stats, POST /_control)`);
  lines.push("  /api lets everyone in, but for endpoints that ask for a scope", `  ${door}`);
  console.log([...lines, "  Ctrl-C stops everything"].join("\n"));
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Stopped)) {
    console.error(error instanceof StartError ? error.message : `Cannot start: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
