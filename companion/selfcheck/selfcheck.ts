import { gather, TimeoutError, withTimeout } from "#kernel";
import { tableOf } from "../monitor/table.ts";
import type { CompanionOptions } from "../options.ts";
import type { Place } from "./exchange.ts";
import { probesFor } from "./probes.ts";

const PATIENCE_MS = 5_000;

/** What came of asking all services. */
interface Checkup {
  readonly isWell: boolean;
  /** For people: a line a service. */
  readonly report: string;
}

/**
 * Asks the services of a companion that runs on this machine with the same options for what each is for.
 *
 * @param now In milliseconds.
 */
export async function checkServices(options: CompanionOptions, now: () => number): Promise<Checkup> {
  const probes = probesFor(options);
  const checks = await gather(
    probes.map(({ service, place, run }) => async (signal) => {
      const beganMs = now();
      const row = (state: string, what: string) =>
        [service, nameOf(place), state, `${Math.round(now() - beganMs)} ms`, what] as const;
      try {
        return { isWell: true, row: row("ok", await withTimeout(run, PATIENCE_MS, { signal })) };
      } catch (error) {
        const why = error instanceof TimeoutError ? "it does not answer" : (error as Error).message;
        return { isWell: false, row: row("failed", why) };
      }
    }),
  );
  const table = tableOf(
    ["service", "at", "state", "took", ""],
    checks.map(({ row }) => row),
  );
  const isWell = checks.length > 0 && checks.every((check) => check.isWell);
  return { isWell, report: checks.length === 0 ? "All services are off\n" : `${table.join("\n")}\n` };
}

function nameOf(place: Place): string {
  if ("path" in place) return place.path;
  return place.host.includes(":") ? `[${place.host}]:${place.port}` : `${place.host}:${place.port}`;
}
