import { lookup } from "node:dns/promises";
import { connect, type Socket } from "node:net";
import { type CancelSignal, firstSuccess, TimeoutError, withTimeout } from "#kernel";
import { type GuardPolicy, judge, judgeAddress, type Purpose, type Resolve } from "../guard/judge.ts";
import { Refusal } from "../refusal.ts";
import type { Destination } from "../rules/target.ts";

/** RFC 8305 §5: how long an address has for itself before the next is tried beside it. */
const STAGGER_MS = 250;

/** All addresses of a name by the system's resolver, which knows `/etc/hosts`. */
export const systemResolve: Resolve = async (name) =>
  (await lookup(name, { all: true, order: "verbatim" })).map(({ address }) => address);

/** How destinations are reached. */
export interface Dialling {
  readonly policy: GuardPolicy;
  readonly resolve: Resolve;
  /** For the name and for the connection, each. */
  readonly connectMs: number;
}

/**
 * Connects to a destination, if the guard lets it. The name is looked up once; of its addresses only those that are
 * allowed are tried, and the peer is looked at again when there is one.
 *
 * @throws {Refusal} When the guard refuses, or nobody is there.
 */
export async function dial(
  destination: Destination,
  purpose: Purpose,
  { policy, resolve, connectMs }: Dialling,
  signal: CancelSignal,
): Promise<Socket> {
  const resolveInTime: Resolve = async (name) =>
    await withTimeout(async (abort) => await unlessAborted(resolve(name), abort), connectMs, { signal });
  const judgement = await judge(destination, purpose, policy, resolveInTime).catch((error: unknown) => {
    throw lookupRefusal(error, signal);
  });
  if (!judgement.allowed) {
    const kind = { port: "port", address: "guard", "own-listener": "loop" } as const;
    throw new Refusal(kind[judgement.because], judgement.rule);
  }
  const [connectFirst, ...others] = judgement.addresses.map(
    (address) => async (abort: CancelSignal) => await connectTo(address, destination.port, abort),
  );
  if (connectFirst === undefined) throw new Refusal("dns-failed", "the name has no address");
  const tasks = [connectFirst, ...others];
  const socket = await withTimeout(
    // Most have one, which has nobody to race with.
    others.length === 0
      ? connectFirst
      : async (abort) => await firstSuccess(tasks, { signal: abort, staggerMs: STAGGER_MS }),
    connectMs,
    { signal },
  ).catch((error: unknown) => {
    throw connectRefusal(error, signal);
  });
  const peer = socket.remoteAddress ?? "";
  // Where the system took the connection is what counts, and by now only it knows.
  if (!judgement.addresses.includes(peer) && !judgeAddress(peer, destination.port, policy).isAllowed) {
    socket.destroy();
    throw new Refusal("guard", `the connection to ${destination.hostname} ended somewhere else`);
  }
  return socket;
}

/** Waits for as long as it may: what the system looks up cannot be called off, but its answer can be for nobody. */
async function unlessAborted<T>(work: Promise<T>, signal: CancelSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function connectTo(host: string, port: number, signal: CancelSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
  const onAbort = () => {
    socket.destroy();
    reject(signal.reason);
  };
  signal.addEventListener("abort", onAbort);
  socket.once("error", reject);
  socket.once("connect", () => resolve(socket));
  try {
    await promise;
    // Whoever has it hears of its end; between two of them nobody would.
    socket.on("error", () => undefined).off("error", reject);
    return socket;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function lookupRefusal(error: unknown, signal: CancelSignal): unknown {
  if (signal.aborted) return error;
  if (error instanceof TimeoutError) return new Refusal("dns-timeout", "the name was not resolved in time");
  return new Refusal("dns-failed", "the name cannot be resolved", { cause: error });
}

function connectRefusal(error: unknown, signal: CancelSignal): unknown {
  if (signal.aborted) return error;
  if (error instanceof TimeoutError) return new Refusal("connect-timeout", "nobody answered in time");
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  const code = (first as NodeJS.ErrnoException | undefined)?.code; // what sockets fail with
  if (code === "EMFILE" || code === "ENFILE")
    return new Refusal("too-many", "this proxy has no socket left", { cause: error });
  if (code === "ECONNREFUSED") return new Refusal("refused", "the connection was refused", { cause: error });
  return new Refusal("unreachable", "the destination cannot be reached", { cause: error });
}
