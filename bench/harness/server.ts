import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { sleep } from "#kernel";
import { treeOf } from "./process-tree.ts";

const HOST = "127.0.0.1";
const START_LIMIT_MS = 60_000;
const END_LIMIT_MS = 2_000;

/** A program and its arguments. */
type Command = readonly [program: string, ...args: string[]];

/** A server in a process of its own. Disposing of it ends it. */
export interface Server extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
  /** Another one after a restart. */
  readonly pid: number;
  /** Kills it and what it started without warning, and starts it anew on the same port and with the same files. */
  restart(): Promise<void>;
}

/**
 * Starts a program that listens on a port of this machine, and waits until it does.
 *
 * @param commandFor Gives what to run for the port it is to listen on.
 * @throws With what it wrote to its standard error, when it ends before it listens.
 */
export async function startServer(commandFor: (port: number) => Command | Promise<Command>): Promise<Server> {
  const port = await findFreePort();
  const command = await commandFor(port);
  let running = await startProcess(command, port);
  return {
    url: `http://${HOST}:${port}`,
    get pid() {
      return running.pid;
    },
    async restart() {
      await running.end("SIGKILL");
      running = await startProcess(command, port);
    },
    [Symbol.asyncDispose]: async () => await running.end("SIGTERM"),
  };
}

/** The same server, with something to do after its end. */
export function withEnd(server: Server, onEnd: () => Promise<void>): Server {
  return {
    url: server.url,
    get pid() {
      return server.pid;
    },
    restart: async () => await server.restart(),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await onEnd();
    },
  };
}

/**
 * With many files, or as many as it may have: workerd (seen in 1.20261023) takes two for a WebSocket to an object, and
 * does not ask for more than it is started with.
 */
const WITH_FILES = [
  "/bin/sh",
  "-c",
  'ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"; exec "$0" "$@"',
] as const;

interface Process {
  readonly pid: number;
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
}

async function startProcess(command: Command, port: number): Promise<Process> {
  const [shell, ...args] = [...WITH_FILES, ...command] as const;
  const child = spawn(shell, args, { stdio: ["ignore", "ignore", "pipe"] });
  let complaints = "";
  child.stderr.on("data", (chunk) => (complaints += String(chunk)));
  child.once("error", (error) => (complaints += error.message));
  const ended = new Promise<true>((resolve) => child.once("close", () => resolve(true)));
  const endWithUs = () => void child.kill("SIGKILL");
  process.once("exit", endWithUs);
  const started = {
    pid: child.pid ?? 0, // one that could not be started never listens
    async end(signal: "SIGTERM" | "SIGKILL") {
      process.off("exit", endWithUs);
      // What Miniflare started would live on, with the files.
      for (const pid of signal === "SIGKILL" ? treeOf(started.pid).slice(1) : []) process.kill(pid, signal);
      child.kill(signal);
      await Promise.race([ended, sleep(END_LIMIT_MS)]);
      child.kill("SIGKILL");
      await ended;
    },
  };
  const deadlineMs = performance.now() + START_LIMIT_MS;
  while (!(await isListening(port))) {
    const hasEnded = await Promise.race([ended, sleep(20)]);
    if (hasEnded !== true && performance.now() < deadlineMs) continue;
    await started.end("SIGTERM");
    throw new Error(`${command[0]} did not get to listen on port ${port}: ${complaints.trim()}`);
  }
  return started;
}

/** Starts a program of ours the same way; it finds its port behind its other arguments. */
export async function startNode(program: URL, ...args: readonly string[]): Promise<Server> {
  return await startServer((port) => [process.execPath, fileURLToPath(program), ...args, String(port)]);
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, "listening");
  // Listening on a host and port, the address is neither null nor a pipe's name.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, HOST);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false; // refused: not yet
  } finally {
    socket.destroy();
  }
}
