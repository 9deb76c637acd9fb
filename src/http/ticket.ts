import { fromBase64Url, toBase64Url } from "./base64url.ts";

/**
 * Tickets: what a browser shows in place of a token when it opens a WebSocket, for it cannot send a header there. Who
 * holds a token asks for one, and connects with it in the query. A ticket is seen in logs and histories, so it is good
 * for one room, once, for a minute.
 */
interface Ticket {
  /** What makes it this one and no other. */
  readonly id: string;
  readonly room: string;
  /** The name of the token that it was made for. */
  readonly name: string;
  readonly expiresMs: number;
}

/** How long a ticket is good for. */
export const TICKET_MS = 60_000;

/** The secret that tickets are signed with. */
export const TICKET_SECRET = "TICKET_SECRET";

/** As many characters as a SHA-256 has in base64: fewer could be guessed by who has one ticket. */
const LEAST_SECRET_LENGTH = 43;
const ID_BYTES = 16;
/** Signed along, so that what is signed for another purpose with the same secret is no ticket. */
const PURPOSE = "manifold ticket 1\n";

const encoder = new TextEncoder();

/** A key for tickets. There is none without a secret, and without a key there are no tickets: nobody gets in by one. */
export type TicketKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/**
 * Makes the key from the secret; `undefined` when none is set.
 *
 * @throws {TypeError} When it is too short. The message does not show it.
 */
export async function ticketKey(secret: unknown): Promise<TicketKey | undefined> {
  if (secret === undefined) return undefined;
  if (typeof secret !== "string" || secret.length < LEAST_SECRET_LENGTH) {
    throw new TypeError(`Expected \`${TICKET_SECRET}\` to have at least ${LEAST_SECRET_LENGTH} characters`);
  }
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign", "verify"]);
}

/** What a ticket is made for, and when. */
interface MakeOptions {
  readonly room: string;
  readonly name: string;
  readonly nowMs: number;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** Makes a ticket, to be put into a URL as it is. */
export async function makeTicket(
  key: TicketKey,
  { room, name, nowMs, randomBytes }: MakeOptions,
): Promise<{ readonly ticket: string; readonly expiresMs: number }> {
  const expiresMs = nowMs + TICKET_MS;
  const content: Ticket = { id: toBase64Url(randomBytes(ID_BYTES)), room, name, expiresMs };
  const payload = toBase64Url(encoder.encode(JSON.stringify(content)));
  const signature = await crypto.subtle.sign("HMAC", key, encoder.encode(PURPOSE + payload));
  return { ticket: `${payload}.${toBase64Url(new Uint8Array(signature))}`, expiresMs };
}

/** Where a ticket is shown. */
interface UseOptions {
  readonly room: string;
  readonly nowMs: number;
  /**
   * Notes that a ticket is used, until it expires, and says whether this was the first time. Belongs to the room, which
   * is one object, so that two connections with one ticket meet.
   */
  readonly useOnce: (id: string, expiresMs: number) => boolean | Promise<boolean>;
}

/** Who comes in by a ticket, or why nobody does. */
export type TicketVerdict =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly reason: "forged" | "expired" | "elsewhere" | "used" };

/** Judges a ticket and uses it up. One that is refused is not used up. */
export async function useTicket(key: TicketKey, ticket: string, use: UseOptions): Promise<TicketVerdict> {
  const content = await readTicket(key, ticket);
  if (content === undefined) return { ok: false, reason: "forged" };
  const { id, room, name, expiresMs } = content;
  if (use.nowMs >= expiresMs) return { ok: false, reason: "expired" };
  if (room !== use.room) return { ok: false, reason: "elsewhere" };
  return (await use.useOnce(id, expiresMs)) ? { ok: true, name } : { ok: false, reason: "used" };
}

async function readTicket(key: TicketKey, ticket: string): Promise<Ticket | undefined> {
  const [payload = "", mac = "", ...more] = ticket.split(".");
  const signature = fromBase64Url(mac);
  const content = fromBase64Url(payload);
  if (signature === undefined || content === undefined || more.length > 0) return undefined;
  // Compares in constant time.
  const isOurs = await crypto.subtle.verify("HMAC", key, signature, encoder.encode(PURPOSE + payload));
  // What we signed, we wrote.
  return isOurs ? (JSON.parse(new TextDecoder().decode(content)) as Ticket) : undefined;
}
