import { closest, distance } from "fastest-levenshtein";

/** The known name that a misspelt one probably means; `undefined` when none is close. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(name, known);
  return distance(name, best) <= Math.max(2, Math.floor(name.length / 3)) ? best : undefined;
}

/** Says which name was probably meant, or which ones there are: the end of an error message. */
export function suggest(name: string, known: readonly string[]): string {
  const best = nearest(name, known);
  if (best !== undefined) return `did you mean \`${best}\`?`;
  return known.length === 0 ? "there is none" : `known: ${known.map((one) => `\`${one}\``).join(", ")}`;
}
