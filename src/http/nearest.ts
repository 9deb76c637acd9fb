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

/** From so many letters on, two may be wrong. */
const LONG = 8;

/**
 * Names that are hardly meant as they are written, each with the known one that probably was: what is misspelt would be
 * ignored in silence. Stricter than {@link nearest}, for among these may be names that mean something elsewhere.
 */
export function misspelt(
  names: readonly string[],
  known: readonly string[],
): readonly { readonly name: string; readonly meant: string }[] {
  const unknown = names.filter((name) => !known.includes(name));
  return unknown.flatMap((name) => {
    const meant = known.find((one) => isSlip(name, one) && !names.includes(one));
    return meant === undefined ? [] : { name, meant };
  });
}

function isSlip(name: string, meant: string): boolean {
  return isSwapped(name, meant) || distance(name, meant) <= (meant.length < LONG ? 1 : 2);
}

/** Whether two letters that stand side by side have changed places. */
function isSwapped(name: string, meant: string): boolean {
  const at = Array.from(name).findIndex((letter, index) => letter !== meant[index]);
  const swapped = meant.slice(0, at) + meant.charAt(at + 1) + meant.charAt(at) + meant.slice(at + 2);
  return name === swapped;
}
