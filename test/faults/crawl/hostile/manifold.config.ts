import type { Config } from "../../../../src/config.ts";

/** Crawls as they come, but with less patience. */
export const config: Config = {
  endpoints: [],
  crawls: { timeoutMs: 4_000, leaseMs: 20_000, attempts: 2, backoff: { baseMs: 1, capMs: 1 } },
};
