import * as z from "zod";
import { guardAddress, type GuardPolicy } from "../../http/address-guard.ts";
import { refuseInput } from "../../http/input.ts";
import { OutgoingHeaders } from "../../http/outgoing-headers.ts";

/** Bounds of one fan-out. */
export const LIMITS = {
  requests: 1_000,
  requestBytes: 1024 * 1024,
  /** Of one answer, unless its request asks for more. */
  answerBytes: 1024 * 1024,
  totalBytes: 25 * 1024 * 1024,
  deadlineMs: 60_000,
} as const;

const DEFAULT_DEADLINE_MS = 30_000;

const Url = z
  .string()
  .max(8_192)
  .meta({ examples: ["https://api.example.com/things/1"] });

const Item = z.strictObject({
  id: z.string().min(1).max(128).optional(),
  url: Url,
  method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]).default("GET"),
  headers: OutgoingHeaders.default({}),
  body: z.string().optional(),
  timeoutMs: z.int().min(1).max(LIMITS.deadlineMs).optional(),
  maxBytes: z.int().min(1).max(LIMITS.totalBytes).default(LIMITS.answerBytes),
  fallback: z.array(Url).max(10).default([]),
});

/** The body of a fan-out. */
export const FanoutBody = z.strictObject({
  requests: z.array(Item).min(1).max(LIMITS.requests),
  mode: z.enum(["all", "settled", "first"]).default("settled"),
  concurrency: z.int().min(1).max(LIMITS.requests).optional(),
  deadlineMs: z.int().min(1).max(LIMITS.deadlineMs).default(DEFAULT_DEADLINE_MS),
  lanes: z.boolean().default(true),
});

/** One request of a fan-out, checked. */
export interface FanoutItem extends Omit<z.infer<typeof Item>, "url" | "fallback" | "id"> {
  /** The caller's, or its place. */
  readonly id: string;
  /** The URL and what stands in for it, in order. */
  readonly targets: readonly [URL, ...URL[]];
}

/** A fan-out, checked: every address is one that we may call. */
export interface Fanout extends Omit<z.infer<typeof FanoutBody>, "requests"> {
  readonly items: readonly FanoutItem[];
}

/**
 * Checks what no schema can say of a fan-out: its addresses, ids that are there twice, bodies where there can be none.
 *
 * @throws {ProblemError} `bad-request`, naming the item and the rule.
 */
export function checkFanout({ requests, ...rest }: z.infer<typeof FanoutBody>, policy: GuardPolicy): Fanout {
  const ids = new Set<string>();
  const items = requests.map(({ url, fallback, ...item }, index) => {
    const id = item.id ?? String(index);
    if (ids.has(id)) throw refuseInput(`requests.${index}.id`, `expected each id once, got \`${id}\` twice`);
    ids.add(id);
    if (item.body !== undefined && (item.method === "GET" || item.method === "HEAD")) {
      throw refuseInput(`requests.${index}.body`, `expected no body with ${item.method}`);
    }
    const first = guard(url, `requests.${index}.url`, policy);
    const others = fallback.map((other, place) =>
      guard(other, `requests.${index}.fallback.${place}`, policy),
    );
    return { ...item, id, targets: [first, ...others] as const };
  });
  return { ...rest, items };
}

function guard(text: string, place: string, policy: GuardPolicy): URL {
  const verdict = guardAddress(text, policy);
  if (verdict.allowed) return verdict.url;
  throw refuseInput(place, verdict.reason);
}
