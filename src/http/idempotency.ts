import { toBase64Url } from "./base64url.ts";
import { ProblemError } from "./problem.ts";

/** An answer, kept to be given again. */
export interface StoredReply {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is known of a write under its key: it runs, or it was answered. Plain data, for a row. */
export type IdempotencyRecord =
  | { readonly state: "running"; readonly fingerprint: string; readonly untilMs: number }
  | {
      readonly state: "answered";
      readonly fingerprint: string;
      readonly untilMs: number;
      readonly reply: StoredReply;
    };

/** How long a write may run before another may take its place: whoever ran it is gone. */
export const RUNNING_MS = 60_000;
/** How long an answer is given again. */
export const ANSWERED_MS = 24 * 3_600_000;

/** What a write under a key has to do. */
export type Claim =
  /** To run, and to keep this record meanwhile. */
  | { readonly kind: "run"; readonly record: IdempotencyRecord }
  | { readonly kind: "replay"; readonly reply: StoredReply }
  /** The first of this key still runs, for so long at most. */
  | { readonly kind: "running"; readonly leftMs: number }
  /** The key was another request's. */
  | { readonly kind: "reused" };

/** Decides about a write by what is known under its key. What is out of date is as if it were not there. */
export function claim(known: IdempotencyRecord | undefined, fingerprint: string, nowMs: number): Claim {
  if (known === undefined || nowMs >= known.untilMs) {
    return { kind: "run", record: { state: "running", fingerprint, untilMs: nowMs + RUNNING_MS } };
  }
  if (known.fingerprint !== fingerprint) return { kind: "reused" };
  if (known.state === "answered") return { kind: "replay", reply: known.reply };
  return { kind: "running", leftMs: known.untilMs - nowMs };
}

/** What to keep of a write that has been answered. */
export function answered(fingerprint: string, reply: StoredReply, nowMs: number): IdempotencyRecord {
  return { state: "answered", fingerprint, reply, untilMs: nowMs + ANSWERED_MS };
}

/** Where records are: a place that takes one claim at a time, as an object does. */
export interface IdempotencyStore {
  /** Decides by {@link claim}, and keeps what it says to keep, in one step. */
  claim(key: string, fingerprint: string): Promise<Claim>;
  /** Keeps an answer in place of what runs under the same fingerprint; forgets that without one. */
  settle(key: string, fingerprint: string, reply: StoredReply | undefined): Promise<void>;
}

/** A write that may be sent more than once. */
interface Write {
  /** One namespace a caller and route: their keys are their own. */
  readonly scope: readonly string[];
  readonly key: string;
  /** What was sent, as it was read. */
  readonly body: string;
}

/**
 * Runs a write once for its key, however often it is sent, and gives the same answer again. What failed on our side
 * (500 and above) is not kept: it may be sent again.
 *
 * @throws {ProblemError} `idempotency-key-reused` for the same key with another body, `idempotency-key-in-use` while the
 *   first runs.
 */
export async function runOnce(
  { scope, key, body }: Write,
  store: IdempotencyStore,
  run: () => Promise<Response>,
): Promise<Response> {
  const place = JSON.stringify([...scope, key]);
  const fingerprint = await digest(body);
  const decision = await store.claim(place, fingerprint);
  if (decision.kind === "replay") return toResponse(decision.reply);
  if (decision.kind === "reused") throw new ProblemError("idempotency-key-reused");
  if (decision.kind === "running") {
    const headers = { "Retry-After": String(Math.ceil(decision.leftMs / 1000)) };
    throw new ProblemError("idempotency-key-in-use", { headers });
  }
  let reply: StoredReply | undefined;
  try {
    const response = await run();
    const text = await response.text();
    const whole = { status: response.status, headers: Object.fromEntries(response.headers), body: text };
    if (response.status < 500) reply = whole;
    return toResponse(whole);
  } finally {
    await store.settle(place, fingerprint, reply);
  }
}

function toResponse({ status, headers, body }: StoredReply): Response {
  // Some statuses have no body, not even an empty one.
  return new Response(body === "" ? null : body, { status, headers });
}

async function digest(text: string): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}
