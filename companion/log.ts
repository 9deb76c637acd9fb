import { type DestinationStream, type Logger, pino } from "pino";

/** Writes one structured line a thing that happened: `log.info({ event: "…", … })`. No bodies, no secrets. */
export type Log = Logger;

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** @param to Standard output by default. */
export function createLog(level: LogLevel, to?: DestinationStream): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return pino(options, to ?? pino.destination({ dest: 1, sync: true }));
}
