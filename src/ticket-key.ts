import { logError } from "./http/log.ts";
import { type TicketKey, ticketKey } from "./http/ticket.ts";

/**
 * Makes the key for tickets when it is first needed, for a Worker may not while it starts. A secret that cannot be used
 * is as good as none, and the log says so: everything that needs no ticket goes on.
 */
export function openTicketKey(secret: unknown): () => Promise<TicketKey | undefined> {
  // The key is kept, and not the promise of it: that would belong to the request that asked first.
  let made: { readonly key: TicketKey | undefined } | undefined;
  return async () => {
    if (made !== undefined) return made.key;
    const key = await ticketKey(secret).catch((error: unknown) => {
      logError("ticket-secret-unusable", {}, error);
      return undefined;
    });
    made = { key };
    return key;
  };
}
