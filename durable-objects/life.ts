/** A number that is larger each time, after a restart as well. */
export function nextLife(kv: SyncKvStorage): number {
  const life = (kv.get<number>("life") ?? 0) + 1;
  kv.put("life", life);
  return life;
}
