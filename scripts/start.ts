import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
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
import { TICKET_SECRET } from "../src/http/ticket.ts";
import { buildConsole } from "./build-console.ts";
import { runChild } from "./child.ts";
import { expectBindings } from "./expect-bindings.ts";
import { expectSpelt } from "./expect-deployable.ts";
import { readOptions, StartError, type StartOptions } from "./options.ts";
import { expectConfig, expectFreePort, expectWritable } from "./preflight.ts";
import { readDevVars, readWrangler } from "./worker-variables.ts";

/** How long the Worker may take until it answers, in milliseconds. */
const READY_WITHIN_MS = 60_000;

const WRANGLER = fileURLToPath(import.meta.resolve("wrangler/package.json")).replace(
  "package.json",
  "bin/wrangler.js",
);

/** `npm start`: the demo upstreams and the Worker on this machine, until Ctrl-C. `--watch` is `npm run dev`. */
async function main(): Promise<void> {
  const beganMs = performance.now();
  const devVars = await readDevVars();
  const options = readOptions({ ...devVars, ...process.env });
  for (const hint of options.hints) console.warn(hint);
  const isWatching = process.argv.includes("--watch");
  const { vars, triggers, ...bindings } = await readWrangler();
  expectBindings(bindings);
  // Of those of the environment there was a hint: some may be meant for others.
  expectSpelt(vars);
  await expectConfig({ ...vars, ...devVars, ...options.variables }, triggers);
  await expectFreePort(options.port, "PORT");
  if (options.withDemo) await expectFreePort(options.demoPort, "DEMO_PORT");
  for (const { port, variable, host } of options.services) await expectFreePort(port, variable, host);
  expectWritable(options.stateDir, "STATE_DIR");
  await using _console = await buildConsole({ watch: isWatching });

  await withScope(async (scope) => {
    void scope.spawn("stop", async (signal) => {
      const stop = { signal: toAbortSignal(signal) };
      await Promise.race([once(process, "SIGINT", stop), once(process, "SIGTERM", stop)]);
      throw new Stopped();
    });
    if (options.withDemo) spawnDemo(scope, options, isWatching);
    spawnWorker(scope, { ...options, variables: { ...madeUp(devVars), ...options.variables } }, isWatching);
    if (options.withCompanion) spawnCompanion(scope, options, isWatching);
    await expectReady("The Worker", `http://127.0.0.1:${options.port}/healthz`, isHealthy, scope.signal);
    for (const { name, host, port } of options.services)
      await expectReady(`The companion's ${name}`, { host, port }, isListening, scope.signal);
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
    ...Object.entries(variables).map(([name, value]) => `--var=${name}:${value}`),
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

function spawnCompanion(scope: Scope, { port }: StartOptions, isWatching: boolean): void {
  const given = process.env;
  const env = {
    CHAT_URL: given["CHAT_URL"] ?? `http://127.0.0.1:${port}`,
    COMPANION_LOG_LEVEL: given["COMPANION_LOG_LEVEL"] ?? (isWatching ? "info" : "warn"),
    // Less than what a child is left to end in.
    COMPANION_DRAIN_MS: given["COMPANION_DRAIN_MS"] ?? "3000",
  };
  const program = fileURLToPath(new URL("../companion/main.ts", import.meta.url));
  const args = isWatching ? ["--watch", "--watch-preserve-output", program] : [program];
  void scope.spawn(
    "companion",
    async (signal) => await runChild("The companion", args, toAbortSignal(signal), { env }),
  );
}

/** A secret for tickets where none is given; a new one each time, for what it signs is good for a minute. */
function madeUp(devVars: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return TICKET_SECRET in devVars ? {} : { [TICKET_SECRET]: randomBytes(32).toString("base64url") };
}

async function expectReady<T>(
  name: string,
  place: T,
  isReady: (place: T, signal: AbortSignal) => Promise<boolean>,
  signal: CancelSignal,
): Promise<void> {
  const poll = async (inner: CancelSignal) => {
    while (!(await isReady(place, toAbortSignal(inner)))) await sleep(50, inner);
  };
  try {
    await withTimeout(poll, READY_WITHIN_MS, { signal });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    throw new StartError(`${name} did not answer within ${READY_WITHIN_MS / 1000} s`, { cause: error });
  }
}

/** @throws {StartError} When it answers that its configuration cannot run. */
async function isHealthy(url: string, signal: AbortSignal): Promise<boolean> {
  const response = await fetch(url, { signal }).catch(() => undefined);
  if (response === undefined || response.ok) return response?.ok === true;
  const { faults } = (await response.json().catch(() => ({}))) as { faults?: readonly string[] };
  if (faults !== undefined) throw new StartError(faults.join("\n"));
  return false;
}

async function isListening(
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<boolean> {
  const socket = connect({ host, port, signal });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false; // not yet; the caller asks again
  } finally {
    socket.destroy();
  }
}

/** Who may use `/v1`, in words, by what it answers to who shows no token. */
async function lookAtDoor(url: string, signal: AbortSignal): Promise<string> {
  const { status } = await fetch(url, { signal });
  if (status === 200) return "/v1 lets everyone in (AUTH=open), which is for this machine only";
  if (status === 401) return "/v1 lets in who has a token (API_TOKENS)";
  return "/v1 lets nobody in, for there are no tokens that can be used; npm run token makes one";
}

/** What to type to try a service of the companion. */
const TRY: Readonly<Record<string, (host: string, port: number) => string>> = {
  echo: (host, port) => `echo Hello | nc -N ${host} ${port}`,
  proxy: (host, port) => `curl -x ${host}:${port} http://example.com`,
  chat: (host, port) => `telnet ${host} ${port}, or nc`,
  monitor: (host, port) => `telnet ${host} ${port}, then help`,
};

function announce({ port, withDemo, demoPort, services }: StartOptions, door: string, tookMs: number): void {
  const lines = [
    `Manifold is ready on http://127.0.0.1:${port} (${(tookMs / 1000).toFixed(1)} s)`,
    `  try        curl http://127.0.0.1:${port}/api/countries/FRA`,
    `  reference  http://127.0.0.1:${port}/docs`,
  ];
  if (withDemo) lines.push(`  upstreams  http://127.0.0.1:${demoPort}  (GET /_stats, POST /_control)`);
  for (const service of services)
    lines.push(`  ${service.name.padEnd(10)} ${TRY[service.name]?.(service.host, service.port)}`);
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
