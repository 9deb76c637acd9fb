import { type CancelSignal, type Clock, isCancellation, TimeoutError, withTimeout } from "#kernel";
import { guardAddress, type GuardPolicy } from "../../http/address-guard.ts";
import { isTooDeep } from "../../http/json-depth.ts";
import { CallError, label } from "../failure.ts";
import type { Reply } from "../reply.ts";
import type { Transport } from "../transport.ts";
import type { FanoutItem } from "./request.ts";

/** What became of one request of a fan-out. Times are in milliseconds since the fan-out began. */
export type ItemResult = {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  /** How many addresses were tried. */
  readonly attempts: number;
  /** The outcome of each, where several were tried and none answered well. */
  readonly causes?: readonly string[];
} & ItemEnding;

type ItemEnding =
  /** An answer with a status below 400. */
  | { readonly ok: true; readonly answer: ItemAnswer }
  /** `outcome` is a fault's label; an answer with a status of 400 or more comes along. */
  | { readonly ok: false; readonly outcome: string; readonly answer?: ItemAnswer };

/** An upstream's answer as it goes to the caller. */
interface ItemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed, where it is JSON; as text, where it is text; else as base64. */
  readonly body?: unknown;
  readonly text?: string;
  readonly base64?: string;
}

const MOST_REDIRECTS = 5;
const ELSEWHERE = new Set([301, 302, 303, 307, 308]);

/** Fields of the connection between the upstream and us, and what it would have us remember. */
const KEPT_BACK = new Set(["connection", "keep-alive", "transfer-encoding", "set-cookie"]);

/** Where items run. */
export interface ItemWorld {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly policy: GuardPolicy;
  readonly now: () => number;
  /** What is left of the fan-out's time. */
  readonly remainingMs: () => number;
  /** How many bytes the whole fan-out may still read. */
  readonly leftBytes: () => number;
  /** Takes bytes from these; false when there are not so many left. */
  readonly take: (bytes: number) => boolean;
}

/**
 * Runs one item: its address, then those that stand in for it, until one answers well.
 *
 * @throws Only the reason of `signal`.
 */
export async function runItem(item: FanoutItem, signal: CancelSignal, world: ItemWorld): Promise<ItemResult> {
  const { id, targets } = item;
  const startMs = world.now();
  const causes: string[] = [];
  let attempts = 0;
  let ending: ItemEnding = { ok: false, outcome: "unreachable" };
  for (const target of targets) {
    if (world.remainingMs() === 0) {
      ending = { ok: false, outcome: "timeout" }; // too late to ask anybody
      break;
    }
    attempts += 1;
    ending = await attempt(item, target, signal, world);
    if (ending.ok) break;
    causes.push(ending.outcome);
  }
  const why = !ending.ok && causes.length > 1 ? { causes } : {};
  return { id, startMs, endMs: world.now(), attempts, ...why, ...ending };
}

async function attempt(
  item: FanoutItem,
  target: URL,
  signal: CancelSignal,
  world: ItemWorld,
): Promise<ItemEnding> {
  const limitMs = Math.min(item.timeoutMs ?? Infinity, world.remainingMs());
  try {
    const task = (inner: CancelSignal) => get(item, target, limitMs, inner, world);
    const answer = await withTimeout(task, limitMs, { signal, clock: world.clock });
    return answer.status < 400
      ? { ok: true, answer }
      : { ok: false, outcome: `status=${answer.status}`, answer };
  } catch (error) {
    if (isCancellation(error, signal)) throw error;
    if (error instanceof TimeoutError) return { ok: false, outcome: "timeout" };
    if (error instanceof CallError) return { ok: false, outcome: label(error.fault) };
    throw error;
  }
}

async function get(
  { method, headers, body, maxBytes: ownBytes }: FanoutItem,
  target: URL,
  timeoutMs: number,
  signal: CancelSignal,
  { transport, policy, leftBytes, take }: ItemWorld,
): Promise<ItemAnswer> {
  let url = target;
  let wasElsewhere = false;
  for (let hops = 0; ; hops += 1) {
    // What the caller says to one origin is not for another, nor for where that one sends us.
    const ownHeaders = wasElsewhere ? {} : headers;
    const maxBytes = Math.min(ownBytes, leftBytes());
    if (maxBytes <= 0) throw new CallError({ kind: "too-large", limitBytes: 0 }); // the others have read it all
    const call = {
      url: url.href,
      method,
      headers: ownHeaders,
      body: body ?? null,
      timeoutMs,
      maxBytes,
      readsAll: true,
    };
    const reply = await transport.send(call, signal);
    const location = reply.header("location");
    const isRedirect =
      ELSEWHERE.has(reply.status) && location !== null && (method === "GET" || method === "HEAD");
    if (isRedirect) {
      await reply.cancel();
      if (hops === MOST_REDIRECTS) {
        throw new CallError({ kind: "redirect", reason: `redirected more than ${MOST_REDIRECTS} times` });
      }
      const verdict = guardAddress(location, policy, url);
      if (!verdict.allowed)
        throw new CallError({ kind: "redirect", reason: "redirected to where we do not go" });
      ({ url } = verdict);
      wasElsewhere ||= url.origin !== target.origin;
      continue;
    }
    const bytes = await reply.bytes(maxBytes, signal);
    if (!take(bytes.length)) throw new CallError({ kind: "too-large", limitBytes: maxBytes });
    return toAnswer(reply, bytes);
  }
}

const decoder = new TextDecoder();

function toAnswer(reply: Reply, bytes: Uint8Array): ItemAnswer {
  const { status } = reply;
  const type = reply.header("content-type") ?? "";
  const headers: Record<string, string> = {};
  for (const [name, value] of reply.fields()) if (!KEPT_BACK.has(name)) headers[name] = value;
  if (bytes.length === 0) return { status, headers };
  if (/[/+]json\b/i.test(type)) {
    const text = decoder.decode(bytes);
    if (isTooDeep(text)) return { status, headers, text };
    try {
      return { status, headers, body: JSON.parse(text) as unknown };
    } catch {
      return { status, headers, text }; // it calls itself JSON and is none: the caller sees what it is
    }
  }
  if (/^text\/|[/+]xml\b/i.test(type)) return { status, headers, text: decoder.decode(bytes) };
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { status, headers, base64: btoa(binary) };
}
