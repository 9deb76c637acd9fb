import { once } from "node:events";
import { linkAbort, systemClock } from "#kernel";
import { misspelt } from "../src/http/nearest.ts";
import { startEcho } from "./echo/echo.ts";
import type { Surroundings } from "./listen.ts";
import { createLog } from "./log.ts";
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

/** `npm run companion`: services over raw TCP, until SIGTERM or Ctrl-C; what runs then has a while to finish in. */
async function main(): Promise<void> {
  // Read when the first thread is needed.
  process.env["UV_THREADPOOL_SIZE"] ??= LOOKUP_THREADS;
  const options = readCompanionOptions(process.argv.slice(2), process.env);
  if (options.companion.explain !== "") {
    const listeners = servicePorts(options).map(({ host, port }) => `[${host}]:${port}`);
    process.stdout.write(await explanationOf(options.companion.explain, options.proxy, listeners));
    return;
  }
  if (options.companion.selfcheck) {
    const { isWell, report } = await checkServices(options, () => systemClock.now());
    process.stdout.write(report);
    process.exitCode = isWell ? 0 : 1;
    return;
  }
  const log = createLog(options.companion.logLevel);
  for (const { name, meant } of misspelt(Object.keys(process.env), COMPANION_VARIABLES))
    log.warn({ event: "variable-unknown", variable: name, meant });
  const clock = systemClock;
  // Whoever asks us to stop while we start is heard as well.
  const told = Promise.withResolvers<void>();
  const stop = Promise.race([once(process, "SIGTERM"), once(process, "SIGINT"), told.promise]);
  await using running = new AsyncDisposableStack();
  const { stallMs: limitMs, logLevel } = options.companion;
  const stalls = running.use(await watchStalls({ limitMs, logLevel, log }));
  const surroundings = { registry: createRegistry(clock), log, clock };
  const services = await startAll(options, surroundings, running, { stalls, drain: told.resolve });
  await stop;

  using deadline = linkAbort();
  const cancelTimer = clock.setTimer(() => deadline.abort(), options.companion.drainMs);
  const reports = await Promise.all(services.map(async (service) => await service.drain(deadline.signal)));
  cancelTimer();
  for (const { name, ...report } of reports) log.info({ event: "drained", service: name, ...report });
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
  await main();
} catch (error) {
  const { message, code } = error as NodeJS.ErrnoException;
  // What the person who started us can mend is one line.
  if (!(error instanceof OptionError) && code === undefined) throw error;
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
