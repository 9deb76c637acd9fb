import { type Clock, linkAbort, systemClock } from "#kernel";
import { misspelt } from "../src/http/nearest.ts";
import { startEcho } from "./echo/echo.ts";
import type { Surroundings } from "./listen.ts";
import { watchDescriptors } from "./descriptors.ts";
import { createLog, type Log } from "./log.ts";
import {
  COMPANION_VARIABLES,
  type CompanionOptions,
  OptionError,
  readCompanionOptions,
  servicePorts,
} from "./options.ts";
import { startMonitor } from "./monitor/monitor.ts";
import { explanationOf } from "./proxy/guard/explain.ts";
import { startProxy } from "./proxy/proxy.ts";
import { createRegistry } from "./registry.ts";
import type { Service } from "./service.ts";
import { type Stalls, watchStalls } from "./stalls/stalls.ts";
import { checkServices } from "./selfcheck/selfcheck.ts";
import { startTelnet } from "./telnet/telnet.ts";

/**
 * How many names may be looked up at once: the system's resolver takes a thread for each, for half a minute if nobody
 * answers, and four such, which is what Node has by itself, would keep all others waiting.
 */
const LOOKUP_THREADS = "64";

/**
 * `npm run companion`: services over raw TCP, until SIGTERM or Ctrl-C; what runs then has a while to finish in.
 *
 * @returns Its log, if it served anybody.
 */
async function main(): Promise<Log | undefined> {
  // Read when the first thread is needed.
  process.env["UV_THREADPOOL_SIZE"] ??= LOOKUP_THREADS;
  const options = readCompanionOptions(process.argv.slice(2), process.env);
  if (options.companion.explain !== "") {
    const listeners = servicePorts(options).map(({ host, port }) => `[${host}]:${port}`);
    process.stdout.write(await explanationOf(options.companion.explain, options.proxy, listeners));
    return undefined;
  }
  if (options.companion.selfcheck) {
    const { isWell, report } = await checkServices(options, () => systemClock.now());
    process.stdout.write(report);
    process.exitCode = isWell ? 0 : 1;
    return undefined;
  }
  const log = createLog(options.companion.logLevel);
  for (const { name, meant } of misspelt(Object.keys(process.env), COMPANION_VARIABLES))
    log.warn({ event: "variable-unknown", variable: name, meant });
  const clock = systemClock;
  // Whoever asks us to stop while we start is heard as well.
  const { promise: stop, resolve: drain } = Promise.withResolvers<void>();
  onSignal(drain, clock);
  await using running = new AsyncDisposableStack();
  const { stallMs: limitMs, logLevel } = options.companion;
  const stalls = running.use(await watchStalls({ limitMs, logLevel, log }));
  running.use(watchDescriptors(clock, log));
  const surroundings = { registry: createRegistry(clock), log, clock };
  const services = await startAll(options, surroundings, running, { stalls, drain });
  await stop;

  using deadline = linkAbort();
  const cancelTimer = clock.setTimer(() => deadline.abort(), options.companion.drainMs);
  const reports = await Promise.all(services.map(async (service) => await service.drain(deadline.signal)));
  cancelTimer();
  for (const { name, ...report } of reports) log.info({ event: "drained", service: name, ...report });
  return log;
}

/** Signals that come so close are one wish: Ctrl-C is heard by npm as well, and by `npm start`, and these tell us, too. */
const SAME_MS = 1_000;

/** Calls back at the first signal to stop; at a later one, whichever it is, there is an end at once. */
function onSignal(stop: () => void, clock: Clock): void {
  let firstMs: number | undefined;
  const hear = (signal: NodeJS.Signals) => {
    if (firstMs === undefined) stop();
    firstMs ??= clock.now();
    if (clock.now() - firstMs < SAME_MS) return;
    end(signal);
    // The first process of a container does not hear signals that it does not handle.
    process.exit(1);
  };
  process.on("SIGTERM", hear).on("SIGINT", hear);
}

/** What is left has this long to end. */
const LEFT_MS = 1_000;

/**
 * Ends what still runs when all is drained. A name that is being looked up cannot be called off, and Node, when it exits,
 * waits for the thread: only a signal does not.
 */
function endSoon(log: Log): void {
  const late = () => {
    log.warn({ event: "left-behind", what: process.getActiveResourcesInfo() });
    end("SIGTERM");
  };
  setTimeout(late, LEFT_MS).unref();
}

function end(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal).kill(process.pid, signal);
}

/** @param running Closes, at its end, what has been started. */
async function startAll(
  { echo, proxy, chat, monitor }: CompanionOptions,
  surroundings: Surroundings,
  running: AsyncDisposableStack,
  ports: { readonly stalls: Stalls; readonly drain: () => void },
): Promise<readonly Service[]> {
  const services: Service[] = [];
  const start = async (service: Promise<Service>) => void services.push(running.use(await service));
  if (isOn(echo)) await start(startEcho(echo, surroundings));
  if (isOn(chat)) await start(startTelnet(chat, surroundings));
  if (isOn(monitor)) await start(startMonitor(monitor, surroundings, ports));
  const ownAddresses = () => services.map(({ address }) => address);
  if (isOn(proxy)) await start(startProxy(proxy, { ...surroundings, ownAddresses }));
  return services;
}

function isOn<T extends { readonly port: number | "off" }>(
  options: T,
): options is T & { readonly port: number } {
  return options.port !== "off";
}

try {
  const log = await main();
  if (log !== undefined) endSoon(log);
} catch (error) {
  const { message, code } = error as NodeJS.ErrnoException;
  // What the person who started us can mend is one line.
  if (!(error instanceof OptionError) && code === undefined) throw error;
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
