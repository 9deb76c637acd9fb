import { type Clock, TimeoutError, toAbortSignal, withTimeout } from "#kernel";

/** How the Worker refuses to let us into a room: with a status and its code for the problem. */
export interface Barred {
  readonly status: number;
  readonly code: string;
}

/** The code for a token that is good, but not for this room. */
export const NOT_A_MEMBER = "not-a-member";

/** Statuses by which the Worker says that it is there and that we may not come in. */
const REFUSALS = new Set([401, 403]);
/** A Worker for which nobody has set tokens lets nobody in, and says so with a status of many meanings. */
const SHUT = "auth-not-configured";

const PATIENCE_MS = 3_000;
const CODE = /^urn:manifold:problem:([a-z-]+)$/;

/**
 * Asks the door of a room why a socket did not open, for a WebSocket does not tell. The same request without an upgrade
 * is judged in the same way.
 *
 * @returns `undefined` when it is not the door: whoever tries again may get in.
 */
export async function askDoor(
  url: string,
  headers: Readonly<Record<string, string>>,
  clock: Clock,
): Promise<Barred | undefined> {
  try {
    return await withTimeout(
      async (signal) => {
        const response = await fetch(url, { headers, redirect: "manual", signal: toAbortSignal(signal) });
        const code = CODE.exec(typeOf(await response.json()))?.[1] ?? "";
        const isBarred = REFUSALS.has(response.status) || code === SHUT;
        return isBarred ? { status: response.status, code } : undefined;
      },
      PATIENCE_MS,
      { clock },
    );
  } catch (error) {
    // Of no connection, and of an answer that is none of the Worker's: something is wrong on the way.
    if (error instanceof TypeError || error instanceof SyntaxError || error instanceof TimeoutError)
      return undefined;
    throw error;
  }
}

/** Of a problem (RFC 9457). */
function typeOf(body: unknown): string {
  const { type } = (body ?? {}) as { readonly type?: unknown };
  return typeof type === "string" ? type : "";
}
