import type { Problem } from "./answers.ts";
import { isObject } from "./is-object.ts";
import { readTimeline, type Timeline } from "./timeline.ts";
import { withToken } from "./token.ts";

/** One request and what came back, whatever it says. */
export interface Exchange {
  /** What was asked: path and query. */
  readonly target: string;
  readonly status: number;
  /** The body as it came. */
  readonly text: string;
  /** The body as JSON, or `undefined` where it is none. */
  readonly body: unknown;
  readonly requestId: string | undefined;
  readonly serverTiming: string | undefined;
  readonly incomplete: string | undefined;
  /** In whole seconds. */
  readonly retryAfter: string | undefined;
}

/** A refusal that says why (RFC 9457), or an answer this page does not understand. */
export interface Refusal {
  readonly kind: "refused";
  readonly exchange: Exchange;
  readonly problem: Problem;
  readonly timeline: Timeline | undefined;
}

/** No answer, or one that broke off. */
export interface Unreachable {
  readonly kind: "unreachable";
  readonly target: string;
  /** The browser's own words. */
  readonly reason: string;
}

/** Asks for JSON. Rejects only when the signal aborts. */
export async function getJson(target: string, signal: AbortSignal): Promise<Exchange | Unreachable> {
  return await send(target, { signal });
}

/** Asks for something, and takes its body for what the API promises. Rejects only when the signal aborts. */
export async function getOf<T extends object>(
  target: string,
  signal: AbortSignal,
): Promise<T | Refusal | Unreachable> {
  const exchange = await getJson(target, signal);
  if ("kind" in exchange) return exchange;
  if (exchange.status !== 200 || !isObject(exchange.body)) return refusal(exchange);
  return exchange.body as T; // what the API promises
}

/** Whether it is an answer, and not the lack of one. */
export function isAnswer<T extends object>(value: T | Refusal | Unreachable): value is T {
  return !("kind" in value);
}

/** Asks for something to be done. */
export async function postJson(target: string, body: unknown): Promise<Exchange | Unreachable> {
  return await send(target, asJson(body));
}

/** What sends JSON. */
export function asJson(body: unknown) {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

/** Sends a request of any kind, under the token. Rejects only when its signal aborts. */
export async function send(
  target: string,
  {
    headers,
    ...init
  }: Omit<RequestInit, "headers"> & { readonly headers?: Readonly<Record<string, string>> },
): Promise<Exchange | Unreachable> {
  try {
    const fields = withToken({ Accept: "application/json", ...headers });
    return await readExchange(target, await fetch(target, { ...init, headers: fields }));
  } catch (error) {
    init.signal?.throwIfAborted();
    return unreachable(target, error);
  }
}

/** Reads a response whole. Rejects when it breaks off. */
export async function readExchange(target: string, response: Response): Promise<Exchange> {
  const { status, headers } = response;
  const text = await response.text();
  return {
    target,
    status,
    text,
    body: parseJson(text),
    requestId: headers.get("X-Request-Id") ?? undefined,
    serverTiming: headers.get("Server-Timing") ?? undefined,
    incomplete: headers.get("Manifold-Incomplete") ?? undefined,
    retryAfter: headers.get("Retry-After") ?? undefined,
  };
}

/** What is left to say when nothing came. */
export function unreachable(target: string, error: unknown): Unreachable {
  return { kind: "unreachable", target, reason: error instanceof Error ? error.message : String(error) };
}

/** An answer that is not the one that was hoped for. */
export function refusal(exchange: Exchange): Refusal {
  const { status, body } = exchange;
  const unexpected = { title: "This page does not understand the answer", status };
  return {
    kind: "refused",
    exchange,
    problem: isProblem(body) ? body : unexpected,
    timeline: readTimeline(body),
  };
}

/** What became of something that was to be done: nothing, if it was done. */
export function complaintOf(answer: Exchange | Unreachable): Refusal | Unreachable | undefined {
  if ("kind" in answer) return answer;
  return answer.status < 300 ? undefined : refusal(answer);
}

/** Whether asking again by itself is of no use: it is for somebody to mend what was asked, or to show another token. */
export function isFinal({ exchange: { status } }: Refusal): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

/** Whether a JSON value is a problem: a title makes it one; all other members are optional in the type. */
function isProblem(value: unknown): value is Problem {
  return isObject(value) && typeof value["title"] === "string";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not every answer is JSON: a proxy on the way may send a page of its own.
    return undefined;
  }
}
