import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { sleep, withTimeout } from "#kernel";

const ROOT = resolve(import.meta.dirname, "../..");

/** A start takes some 3 s; on a machine that is busy with other things, many times that. */
const PATIENCE_MS = 60_000;

/** `npm start` as it was started, whether or not it came up. */
export interface Started {
  readonly child: ChildProcess;
  /** All that it has written so far. */
  output(): string;
  /** How it ended. */
  readonly exit: Promise<{ readonly code: number | null }>;
  /** Whether any process that it started, at any depth, still runs. */
  isAlive(): boolean;
}

/** The whole product, running. */
export interface Product extends Started, AsyncDisposable {
  readonly url: string;
  readonly demoUrl: string;
  /** Where the companion serves what it does: `host:port`. */
  readonly companion: Readonly<Record<"echo" | "chat", string>>;
}

/** Starts the script behind `npm start` in a process group of its own. */
export function start(environment: Readonly<Record<string, string>>): Started {
  const child = spawn(process.execPath, ["scripts/start.ts"], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  const exit = once(child, "close").then(([code]) => ({ code: code as number | null }));
  const isAlive = () => {
    try {
      return child.pid !== undefined && process.kill(-child.pid, 0);
    } catch {
      return false; // no such process group
    }
  };
  return { child, output: () => output, exit, isAlive };
}

/** Starts the product on free ports, with a state of its own, and waits until it is ready. */
export async function startProduct(environment: Readonly<Record<string, string>> = {}): Promise<Product> {
  const stateDir = await mkdtemp(join(tmpdir(), "manifold-e2e-"));
  const [port, demoPort] = [await freePort(), await freePort()];
  const [echoPort, chatPort] = [await freePort(), await freePort()];
  const started = start({
    PORT: String(port),
    DEMO_PORT: String(demoPort),
    ECHO_PORT: String(echoPort),
    CHAT_PORT: String(chatPort),
    MONITOR_PORT: "0",
    PROXY_PORT: "0",
    STATE_DIR: stateDir,
    ...environment,
  });
  try {
    await until(() => {
      if (started.child.exitCode !== null) throw new Error(`It did not start:\n${started.output()}`);
      return started.output().includes("Manifold is ready");
    });
  } catch (error) {
    // What came too late would run on after the tests.
    if (started.isAlive()) process.kill(-(started.child.pid ?? Number.NaN), "SIGKILL");
    throw error;
  }
  return {
    ...started,
    url: `http://127.0.0.1:${port}`,
    demoUrl: `http://127.0.0.1:${demoPort}`,
    companion: { echo: `127.0.0.1:${echoPort}`, chat: `127.0.0.1:${chatPort}` },
    [Symbol.asyncDispose]: async () => {
      started.child.kill("SIGINT");
      await started.exit;
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/**
 * A port that nobody listens on. One of those that no system gives to outgoing connections: of these, one that is free
 * now may be a client's a moment later, and whoever was to listen there cannot.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_240, 32_768);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}

/** Waits until something is true; gives up with an error rather than wait for ever. */
export async function until(isTrue: () => boolean | Promise<boolean>, limitMs = PATIENCE_MS): Promise<void> {
  await withTimeout(async (signal) => {
    while (!(await isTrue())) await sleep(20, signal);
  }, limitMs);
}

/** Sends a request by hand and resets the connection (TCP RST) when told to, as a client does whose network is gone. */
export async function requestAndReset(url: string, method = "GET", body = ""): Promise<() => void> {
  const { hostname, port, host, pathname, search } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const length = Buffer.byteLength(body);
  const target = pathname + search;
  socket.write(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${length}\r\n\r\n${body}`);
  return () => socket.resetAndDestroy();
}
