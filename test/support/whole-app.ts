import { type Clock, systemClock } from "#kernel";
import { config } from "../../manifold.config.ts";
import { type Config, loadConfig } from "../../src/config.ts";
import { type AppOptions, createApp } from "../../src/app.ts";
import type { LogEntry } from "../../src/http/log.ts";
import { fakeRooms } from "../chat/fake-rooms.ts";
import { memoryFiles } from "../files/memory-files.ts";
import { fakeLimiters } from "../limits/fake-limiters.ts";
import { fakeShards } from "../tasks/fake-shards.ts";
import { worldOf } from "./inbound.ts";

interface WholeAppOptions extends Partial<Omit<AppOptions, "plans" | "world">> {
  /** In place of `manifold.config.ts`. */
  readonly config?: Config;
  /** Where the demo's data is; nowhere by default. */
  readonly atlas?: string;
  /** The network: everything is answered with an empty object by default. */
  readonly clock?: Clock;
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** The whole app over a network of the test's own, shut unless it is told otherwise, and what it logs. */
export function wholeApp({
  config: ownConfig = config,
  atlas = "https://atlas.example.com",
  clock = systemClock,
  fetch = async () => await Promise.resolve(Response.json({})),
  ...options
}: WholeAppOptions = {}) {
  const logged: LogEntry[] = [];
  const loaded = loadConfig(ownConfig, { variables: { ATLAS_ORIGIN: atlas }, allowLoopback: true });
  const { limiterFor } = fakeLimiters(clock, () => 0);
  const app = createApp({
    plans: loaded.plans,
    limits: { ...loaded.limits, limiterFor },
    rooms: fakeRooms().rooms,
    files: memoryFiles(),
    tasks: fakeShards(ownConfig.tasks ?? [], clock).options,
    isOpen: false,
    allowLoopback: false,
    makeId: () => "made-here",
    log: (entry) => void logged.push(entry),
    world: worldOf(clock, fetch),
    ...options,
  });
  return { app, logged };
}
