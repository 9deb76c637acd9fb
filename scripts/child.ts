import { spawn } from "node:child_process";
import { once } from "node:events";
import { isCancellation, sleep } from "#kernel";

/** Loaded into every child; a child that starts another Node hands it on with the rest of `execArgv`. */
const END_WITH_PARENT = `--import=${new URL("end-with-parent.ts", import.meta.url).href}`;

/** How long a child may take to end after SIGTERM, in milliseconds. */
const GRACE_MS = 5_000;

interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What its input is connected to; nothing by default. */
  readonly stdin?: "ignore" | "inherit";
}

/**
 * Runs a Node program until it ends, its output joined to ours. Aborting ends it: first politely, then for good.
 *
 * @throws When it ends by itself: what runs here is not meant to.
 */
export async function runChild(
  name: string,
  args: readonly string[],
  signal: AbortSignal,
  { env = {}, stdin = "ignore" }: ChildOptions = {},
): Promise<never> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, [END_WITH_PARENT, ...args], {
    // The channel ends with us, however we end, which tells the child.
    stdio: [stdin, "inherit", "inherit", "ipc"],
    env: { ...process.env, ...env },
  });
  const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const onAbort = () => child.kill("SIGTERM");
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const first = await Promise.race([ended, aborted(signal)]);
    if (first !== undefined)
      throw new Error(`${name} ended by itself (${first[1] ?? `exit code ${first[0]}`})`);
    const timeout = new AbortController();
    void sleep(GRACE_MS, timeout.signal).then(
      () => child.kill("SIGKILL"),
      (error: unknown) => isCancellation(error, timeout.signal),
    );
    await ended;
    timeout.abort();
    throw signal.reason;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  await once(signal, "abort");
  return undefined;
}
