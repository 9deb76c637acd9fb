/**
 * The greatest weight of things of which none comes before another: all there is, less the greatest flow from things
 * to later ones (Dilworth's theorem by weight; the flow by augmenting paths, Ford and Fulkerson, 1956).
 *
 * @param weightOf An integer ≥ 0.
 * @param isBefore A strict order: transitive, and never both ways.
 */
export function heaviestAntichain<T>(
  things: readonly T[],
  weightOf: (thing: T) => number,
  isBefore: (first: T, second: T) => boolean,
): number {
  const free = new Map(things.map((thing) => [thing, weightOf(thing)]));
  const flows = new Map(things.map((thing) => [thing, new Map<T, number>()]));
  const add = (from: T, to: T, amount: number) =>
    flows.get(to)?.set(from, (flows.get(to)?.get(from) ?? 0) + amount);

  /** Sends up to `most` on to what comes later, moving what was sent there before to other places. */
  const push = (from: T, most: number, seen: Set<T>): number => {
    for (const to of things) {
      if (seen.has(to) || !isBefore(from, to)) continue;
      seen.add(to);
      const room = free.get(to) ?? 0;
      if (room > 0) {
        const amount = Math.min(most, room);
        free.set(to, room - amount);
        add(from, to, amount);
        return amount;
      }
      for (const [other, sent] of flows.get(to) ?? []) {
        const amount = sent > 0 ? push(other, Math.min(most, sent), seen) : 0;
        if (amount === 0) continue;
        add(other, to, -amount);
        add(from, to, amount);
        return amount;
      }
    }
    return 0;
  };

  let weight = 0;
  for (const thing of things) {
    let left = weightOf(thing);
    while (left > 0) {
      const sent = push(thing, left, new Set());
      if (sent === 0) break;
      left -= sent;
    }
    weight += left;
  }
  return weight;
}
