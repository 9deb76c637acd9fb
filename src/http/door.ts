import type { Caller } from "./caller.ts";
import { equalBytes } from "./equal-bytes.ts";
import { isLoopback } from "./loopback.ts";
import { ProblemError } from "./problem.ts";
import { ALL_SCOPES, isGranted, type Scope } from "./scopes.ts";
import { hashToken, isToken } from "./token-form.ts";
import { LOCAL_NAME, type TokenEntry, type Tokens } from "./tokens.ts";

/** Who is let in. */
export interface DoorOptions {
  /** None by default, so that the door is shut. */
  readonly tokens?: Tokens;
  /** Whether who shows no token is let in, if they call this machine by a name or address of its own. */
  readonly isOpen: boolean;
}

/**
 * Says who asks, by their bearer token (RFC 6750).
 *
 * @throws {ProblemError} `unauthorized`, or `auth-not-configured` where nobody is let in at all.
 */
export type Identify = (request: Request) => Promise<Caller>;

const LOCAL: Caller = { name: LOCAL_NAME, scopes: ALL_SCOPES };

/** Makes the door. */
export function createDoor({ tokens = { kind: "none" }, isOpen }: DoorOptions): Identify {
  return async (request) => {
    if (tokens.kind === "unusable") throw shut("The API tokens cannot be used; the log says why");
    const token = bearerToken(request.headers);
    const isLocal = isOpen && isFromThisMachine(request);
    // Who shows a token is judged by it, so that scopes can be tried where the door is open.
    if (isLocal && (tokens.kind === "none" || token === undefined)) return LOCAL;
    if (tokens.kind === "none")
      throw shut(
        `No API tokens are configured${isOpen ? ", and this did not come from this machine alone" : ""}`,
      );
    if (token === undefined) throw unauthorized("Expected `Authorization: Bearer <token>`");
    const entry = await find(token, tokens.entries);
    if (entry === undefined) throw unauthorized("The token is none of those configured", "invalid_token");
    return { name: entry.name, scopes: entry.scopes };
  };
}

/**
 * A page elsewhere can make its own name point to this machine, but not make it one of this machine's names. A tunnel, or
 * a server before this one, may call it by such a name; nearly all of those say for whom.
 */
function isFromThisMachine({ url, headers }: Request): boolean {
  return isLoopback(new URL(url)) && !FORWARDED.some((name) => headers.has(name));
}

/** What servers between a client and this one add (RFC 7239, and what came before it). */
const FORWARDED = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host"];

/** Makes sure that a caller has a scope. @throws {ProblemError} `insufficient-scope`, naming it. */
export function expectScope({ name, scopes }: Caller, needed: Scope): void {
  if (isGranted(scopes, needed)) return;
  throw new ProblemError("insufficient-scope", {
    detail: `The token \`${name}\` has not the scope \`${needed}\``,
    members: { scope: needed },
    headers: { "WWW-Authenticate": challenge(`error="insufficient_scope", scope="${needed}"`) },
  });
}

/** Whether who asks has a scope; who is not known has none. */
export async function mayUse(identify: Identify, request: Request, needed: Scope): Promise<boolean> {
  try {
    return isGranted((await identify(request)).scopes, needed);
  } catch (error) {
    if (error instanceof ProblemError) return false;
    throw error;
  }
}

/** The token of `Authorization: Bearer`; `undefined` for no such field or another scheme. */
function bearerToken(headers: Headers): string | undefined {
  return /^bearer +(.*)$/i.exec(headers.get("Authorization") ?? "")?.[1];
}

/** Compares with every entry, so that the time taken tells nothing of which one it is. */
async function find(token: string, entries: readonly TokenEntry[]): Promise<TokenEntry | undefined> {
  if (!isToken(token)) return undefined;
  const hash = await hashToken(token);
  let found: TokenEntry | undefined;
  for (const entry of entries) if (equalBytes(entry.sha256, hash)) found = entry;
  return found;
}

function shut(detail: string): ProblemError {
  return new ProblemError("auth-not-configured", { detail });
}

/**
 * Nobody knows who asks, and which challenge they have to meet (RFC 9110, 15.5.2).
 *
 * @param error Of RFC 6750, 3.1; without one where no token was shown.
 */
export function unauthorized(detail: string, error?: "invalid_token"): ProblemError {
  const headers = { "WWW-Authenticate": challenge(error === undefined ? "" : `error="${error}"`) };
  return new ProblemError("unauthorized", { detail, headers });
}

function challenge(parameters: string): string {
  return ['Bearer realm="manifold"', parameters].filter((part) => part !== "").join(", ");
}
