import type { LeasedUrl, Stage } from "./frontier-store.ts";

/** A URL whose batch was lost so often is what loses it. */
const MOST_LOST = 3;

/** What becomes of the URLs of a batch that nobody reported in time. */
export function sortLost(
  urls: readonly LeasedUrl[],
  stage: Stage,
): { readonly poison: readonly LeasedUrl[]; readonly back: readonly LeasedUrl[]; readonly lost: number } {
  // A message that nobody came for says nothing of them.
  const lost = stage === "own" || stage === "away" ? 1 : 0;
  const isPoison = (url: LeasedUrl) => url.lost + lost >= MOST_LOST;
  return { poison: urls.filter(isPoison), back: urls.filter((url) => !isPoison(url)), lost };
}
