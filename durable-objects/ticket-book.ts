/** A ticket's key begins with when it expires, in as many digits for the next centuries: the oldest stand first. */
const PREFIX = "ticket:";

/** Notes that a ticket is used, and says whether this was the first time. Forgets those that have expired. */
export function useOnce(kv: SyncKvStorage, id: string, expiresMs: number, nowMs: number): boolean {
  // Only these are read: in a minute, thousands may come by tickets.
  const expired = [...kv.list({ prefix: PREFIX, end: `${PREFIX}${nowMs}` })];
  for (const [key] of expired) kv.delete(key);
  const key = `${PREFIX}${expiresMs}:${id}`;
  if (kv.get(key) !== undefined) return false;
  kv.put(key, expiresMs);
  return true;
}
