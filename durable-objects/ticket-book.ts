const PREFIX = "ticket:";

/** Notes that a ticket is used, and says whether this was the first time. Forgets those that have expired. */
export function useOnce(kv: SyncKvStorage, id: string, expiresMs: number, nowMs: number): boolean {
  const used = [...kv.list<number>({ prefix: PREFIX })];
  for (const [key, untilMs] of used) if (untilMs <= nowMs) kv.delete(key);
  if (used.some(([key]) => key === PREFIX + id)) return false;
  kv.put(PREFIX + id, expiresMs);
  return true;
}
