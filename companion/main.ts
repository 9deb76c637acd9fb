import { once } from "node:events";
import { linkAbort, systemClock } from "#kernel";
import { startEcho } from "./echo/echo.ts";
import type { Surroundings } from "./listen.ts";
import { createLog } from "./log.ts";
import { type CompanionOptions, OptionError, readCompanionOptions } from "./options.ts";
import { createRegistry } from "./registry.ts";
import type { Service } from "./service.ts";
import { startTelnet } from "./telnet/telnet.ts";

/** `npm run companion`: services over raw TCP, until SIGTERM or Ctrl-C; what runs then has a while to finish in. */
async function main(): Promise<void> {
  const options = readCompanionOptions(process.argv.slice(2), process.env);
  const log = createLog(options.companion.logLevel);
  const clock = systemClock;
  // Whoever asks us to stop while we start is heard as well.
  const stop = Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  await using running = new AsyncDisposableStack();
  const services = await startAll(options, { registry: createRegistry(clock), log, clock }, running);
  await stop;

  using deadline = linkAbort();
  const cancelTimer = clock.setTimer(() => deadline.abort(), options.companion.drainMs);
  const reports = await Promise.all(services.map(async (service) => await service.drain(deadline.signal)));
  cancelTimer();
  for (const { name, ...report } of reports) log.info({ event: "drained", service: name, ...report });
}

/** @param running Closes, at its end, what has been started. */
async function startAll(
  { echo, chat }: CompanionOptions,
  surroundings: Surroundings,
  running: AsyncDisposableStack,
): Promise<readonly Service[]> {
  const services: Service[] = [];
  const [echoPort, chatPort] = [echo.port, chat.port];
  if (echoPort !== "off")
    services.push(running.use(await startEcho({ ...echo, port: echoPort }, surroundings)));
  if (chatPort !== "off")
    services.push(running.use(await startTelnet({ ...chat, port: chatPort }, surroundings)));
  return services;
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
