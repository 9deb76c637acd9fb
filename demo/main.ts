import { checkInteger, refusalText, type Checked } from "./check.ts";
import { HOST, startDemo, type Demo, type DemoOptions } from "./server.ts";

const MAX_LATENCY_MS = 60_000;

/** Reads the environment: `DEMO_PORT` (0 takes any free port) and `DEMO_LATENCY_MS`. */
function readOptions(env: NodeJS.ProcessEnv): Checked<Required<Pick<DemoOptions, "port" | "latencyMs">>> {
  const port = checkInteger("DEMO_PORT", env["DEMO_PORT"] ?? "9100", { from: 0, to: 65_535 });
  if (!port.ok) return port;
  const latencyMs = checkInteger("DEMO_LATENCY_MS", env["DEMO_LATENCY_MS"] ?? "0", {
    from: 0,
    to: MAX_LATENCY_MS,
  });
  if (!latencyMs.ok) return latencyMs;
  return { ok: true, value: { port: port.value, latencyMs: latencyMs.value } };
}

/** Stops with one line that says why. */
function fail(reason: string): never {
  console.error(`demo upstreams: ${reason}`);
  process.exit(1);
}

function startFailure(port: number, error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EADDRINUSE"
    ? `port ${port} on ${HOST} is in use; choose another with DEMO_PORT`
    : `cannot listen on ${HOST}:${port}: ${String(error)}`;
}

/** Ends the process on a signal, or when the parent that started it over an IPC channel is gone. */
function stopWhenTold(demo: Demo): void {
  const stop = async () => {
    await demo[Symbol.asyncDispose]();
    process.exit(0);
  };
  for (const event of ["SIGINT", "SIGTERM", "disconnect"]) process.once(event, () => void stop());
}

const options = readOptions(process.env);
if (!options.ok) fail(refusalText(options.refusal));
const demo = await startDemo(options.value).catch((error: unknown) =>
  fail(startFailure(options.value.port, error)),
);
stopWhenTold(demo);
console.log(`demo upstreams on ${demo.url}`);
