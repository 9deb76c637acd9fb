import * as z from "zod";
import { suggest } from "../http/nearest.ts";
import { overlay } from "../http/overlay.ts";
import { type CrawlSettings, DEFAULT_SETTINGS } from "./plan.ts";

/** What a configuration says of crawls; what it does not say is as in `DEFAULT_SETTINGS`. */
export type CrawlsConfig = Partial<Omit<CrawlSettings, "pace" | "backoff">> & {
  readonly pace?: Partial<CrawlSettings["pace"]>;
  readonly backoff?: Partial<CrawlSettings["backoff"]>;
};

const count = (most: number) => z.int().min(1).max(most);
const ms = (most: number) => z.number().min(0).max(most);

const HOUR_MS = 3_600_000;
/** A batch takes so long and five seconds, and a gate takes its visitor for gone after a minute. */
const MOST_TIMEOUT_MS = 45_000;
/** What a batch takes besides one fetch, with the way to whoever fetches it and back. */
const BESIDES_MS = 10_000;

/** The bounds of what an object, a message and an invocation of the platform carry. */
const Settings = z.strictObject({
  // RFC 9309, 2.2.1.
  agent: z.string().regex(/^[A-Za-z_-]+$/, "expected letters, `_` and `-`"),
  userAgent: z.string().regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, "expected printable ASCII"),
  leaseMs: z.int().max(HOUR_MS),
  attempts: count(20),
  hostAttempts: count(1_000),
  backoff: z.strictObject({ baseMs: ms(HOUR_MS), capMs: ms(HOUR_MS) }),
  types: z
    .array(z.string().regex(/^[a-z0-9.+-]+\/[a-z0-9.+-]+$/, "expected a media type in lower case"))
    .min(1),
  maxBytes: count(32 * 1024 * 1024),
  maxLinks: count(10_000),
  timeoutMs: z.int().min(1).max(MOST_TIMEOUT_MS),
  maxKnown: count(5_000_000),
  maxVariants: count(1_000_000),
  maxCopies: count(1_000_000),
  pace: z
    .strictObject({
      latencyFactor: z.number().min(0).max(1_000),
      floorMs: ms(HOUR_MS),
      ceilingMs: ms(HOUR_MS),
      sparesLoopback: z.boolean(),
    })
    .refine(({ floorMs, ceilingMs }) => floorMs <= ceilingMs, "expected `floorMs` to be at most `ceilingMs`"),
  retentionMs: z
    .number()
    .min(60_000)
    .max(10 * 366 * 24 * HOUR_MS),
}) satisfies z.ZodType<CrawlSettings>;

/**
 * Checks what a configuration says of crawls, and fills in what it leaves out.
 *
 * @param report Is told every fault: the place, the rule, the value.
 */
export function planCrawls(config: CrawlsConfig, report: (fault: string) => void): CrawlSettings {
  const filled = {
    ...DEFAULT_SETTINGS,
    ...config,
    pace: overlay(DEFAULT_SETTINGS.pace, config.pace),
    backoff: overlay(DEFAULT_SETTINGS.backoff, config.backoff),
  };
  const { leaseMs, timeoutMs } = filled;
  if (leaseMs < timeoutMs + BESIDES_MS)
    report(`crawls: \`leaseMs\`: expected \`timeoutMs\` and ${BESIDES_MS} at least, got ${leaseMs}`);
  const parsed = Settings.safeParse(filled);
  for (const { path, message, ...issue } of parsed.error?.issues ?? []) {
    if (issue.code === "unrecognized_keys") {
      const known = Object.keys(
        path.length === 0 ? DEFAULT_SETTINGS : DEFAULT_SETTINGS[path[0] as "pace" | "backoff"],
      );
      for (const name of issue.keys)
        report(`crawls: there is no \`${[...path, name].join(".")}\`; ${suggest(name, known)}`);
      continue;
    }
    const value = path.reduce<unknown>((of, name) => (of as Record<PropertyKey, unknown>)[name], filled);
    report(`crawls: \`${path.join(".")}\`: ${message}, got ${JSON.stringify(value)}`);
  }
  return filled;
}
