import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { sleep } from "#kernel";

const HOST = "127.0.0.1";
const START_LIMIT_MS = 15_000;
const END_LIMIT_MS = 2_000;

/** A program and its arguments. */
type Command = readonly [program: string, ...args: string[]];

/** A server in a process of its own. Disposing of it ends it. */
export interface Server extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
  readonly pid: number;
}

/**
 * Starts a program that listens on a port of this machine, and waits until it does.
 *
 * @param commandFor Gives what to run for the port it is to listen on.
 * @throws With what it wrote to its standard error, when it ends before it listens.
 */
export async function startServer(commandFor: (port: number) => Command | Promise<Command>): Promise<Server> {
  const port = await findFreePort();
  const [program, ...args] = await commandFor(port);
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let complaints = "";
  child.stderr.on("data", (chunk) => (complaints += String(chunk)));
  child.once("error", (error) => (complaints += error.message));
  const ended = new Promise<true>((resolve) => child.once("close", () => resolve(true)));
  const endWithUs = () => void child.kill("SIGKILL");
  process.once("exit", endWithUs);
  const server = {
    url: `http://${HOST}:${port}`,
    pid: child.pid ?? 0, // one that could not be started never listens
    async [Symbol.asyncDispose]() {
      process.off("exit", endWithUs);
      child.kill("SIGTERM");
      await Promise.race([ended, sleep(END_LIMIT_MS)]);
      child.kill("SIGKILL");
      await ended;
    },
  };
  const deadlineMs = performance.now() + START_LIMIT_MS;
  while (!(await isListening(port))) {
    const hasEnded = await Promise.race([ended, sleep(20)]);
    if (hasEnded !== true && performance.now() < deadlineMs) continue;
    await server[Symbol.asyncDispose]();
    throw new Error(`${program} did not get to listen on port ${port}: ${complaints.trim()}`);
  }
  return server;
}

/** Starts a program of ours the same way; it finds its port behind its other arguments. */
export async function startNode(program: URL, ...args: readonly string[]): Promise<Server> {
  return await startServer((port) => [process.execPath, program.pathname, ...args, String(port)]);
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
