import { type CancelSignal, toAbortSignal } from "#kernel";
import { guardAddress, type GuardPolicy } from "./address-guard.ts";

/** A request to where a caller wants it. */
export interface OutgoingRequest {
  readonly url: string;
  readonly method?: string | undefined;
  /** What the caller wants to send; does not follow a redirect to another origin. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What we send besides, wherever it goes; wins over the caller's. */
  readonly ownHeaders?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}

/** What a guarded request is made with. */
export interface OutgoingPorts {
  fetch(this: void, url: URL, init: RequestInit): Promise<Response>;
  readonly policy: GuardPolicy;
  readonly signal: CancelSignal;
  /** How many redirects are followed; the answer to one more is returned as it is. */
  readonly mostRedirects: number;
}

/** The guard does not let a request go there. */
export class AddressError extends Error {
  override readonly name = "AddressError";
}

/** Statuses that send a request elsewhere (RFC 9110, 15.4). */
const ELSEWHERE = new Set([301, 302, 303, 307, 308]);
/**
 * Whether a redirect makes a GET of a request: one to the answer does of all but HEAD, an old one of POST, as in browsers
 * (Fetch, HTTP-redirect fetch). A DELETE that became a GET would succeed, and delete nothing.
 */
function becomesGet(status: number, method: string): boolean {
  return status === 303 ? method !== "HEAD" : method === "POST" && (status === 301 || status === 302);
}

/**
 * Sends a request to an address that a caller supplied: the guard judges it, and the address of each redirect, before
 * anything is sent there.
 *
 * @throws {AddressError} When the guard refuses. What `fetch` throws, the reason of `signal` among it.
 */
export async function guardedFetch(request: OutgoingRequest, ports: OutgoingPorts): Promise<Response> {
  let url = judge(request.url, ports.policy);
  const home = url.origin;
  let method = request.method ?? "GET";
  let { body } = request;
  let isHome = true;
  for (let hops = 0; ; hops += 1) {
    const headers = new Headers(isHome ? request.headers : undefined);
    for (const [name, value] of Object.entries(request.ownHeaders ?? {})) headers.set(name, value);
    const response = await ports.fetch(url, {
      method,
      headers,
      redirect: "manual",
      signal: toAbortSignal(ports.signal),
      ...(body !== undefined && { body }),
    });
    const location = response.headers.get("Location");
    if (!ELSEWHERE.has(response.status) || location === null || hops === ports.mostRedirects) return response;
    await response.body?.cancel();
    url = judge(location, ports.policy, url);
    // Once elsewhere, a way back home is the other side's idea, and gets no keys either.
    isHome &&= url.origin === home;
    if (becomesGet(response.status, method)) {
      method = "GET";
      body = undefined;
    }
    // What was written for one server is not for another to read.
    if (!isHome && body !== undefined)
      throw new AddressError("A redirect would take the body to another origin");
  }
}

function judge(text: string, policy: GuardPolicy, base?: URL): URL {
  const verdict = guardAddress(text, policy, base);
  if (verdict.allowed) return verdict.url;
  throw new AddressError(`We do not go there: ${verdict.reason}`);
}
