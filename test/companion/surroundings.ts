import { systemClock } from "#kernel";
import type { Surroundings } from "../../companion/listen.ts";
import { createLog } from "../../companion/log.ts";
import { createRegistry, type Entry } from "../../companion/registry.ts";

/** What a service is given in a test, and the lines that it logs. */
export function surroundings(): Surroundings & { readonly logged: readonly Record<string, unknown>[] } {
  const logged: Record<string, unknown>[] = [];
  const write = (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>);
  return {
    registry: createRegistry(systemClock),
    log: createLog("debug", { write }),
    clock: systemClock,
    logged,
  };
}

/** The entries of a kind that are there now. */
export function entriesOf({ registry }: Surroundings, kind: string): readonly Entry[] {
  return registry.entries().filter((entry) => entry.kind === kind);
}
