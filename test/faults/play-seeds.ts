import { type Failure, type Play, playSeed, type Sights } from "./find-failure.ts";

/** What many seeds came to. */
export interface Played {
  readonly failure: Failure | undefined;
  /** How many were played, the one that failed included. */
  readonly seeds: number;
  readonly sights: Sights;
}

/** Plays one seed after the other until one fails. @param onProgress Called after each. */
export async function playSeeds<P>(
  play: Play<P>,
  { first, count }: { readonly first: number; readonly count: number },
  onProgress: (seeds: number) => void = () => undefined,
): Promise<Played> {
  const sights = new Map<string, number>();
  for (let seeds = 1; seeds <= count; seeds += 1) {
    const met = await playSeed(play, first + seeds - 1);
    if ("report" in met) return { failure: met, seeds, sights };
    for (const [what, times] of met) sights.set(what, (sights.get(what) ?? 0) + times);
    onProgress(seeds);
  }
  return { failure: undefined, seeds: count, sights };
}
