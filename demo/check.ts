/** Why a value from outside was refused: the offender, the rule and the value. */
export interface Refusal {
  readonly name: string;
  /** Completes "Expected `name` to be …". */
  readonly rule: string;
  readonly value: unknown;
  /** All names that would have been accepted, the nearest first. */
  readonly known?: readonly string[];
}

/** A value that passed its check, or why it did not. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal };

/** A value that passed. */
export function accept<T>(value: T): Checked<T> {
  return { ok: true, value };
}

/** A value that did not pass. */
export function refuse(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal };
}

/** The refusal as one sentence. */
export function refusalText({ name, rule, value }: Refusal): string {
  return `Expected \`${name}\` to be ${rule}, got ${JSON.stringify(value) ?? "nothing"}`;
}

/** Reads a whole number written in decimal digits; both bounds belong to the range. */
export function checkInteger(
  name: string,
  text: string,
  { from, to = Number.MAX_SAFE_INTEGER }: { readonly from: number; readonly to?: number },
): Checked<number> {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return accept(value);
  const range = to === Number.MAX_SAFE_INTEGER ? `≥ ${from}` : `from ${from} to ${to}`;
  return refuse({ name, rule: `an integer ${range}`, value: text });
}

/** Finds a name in a list of known ones. A refusal lists those, the nearest first. */
export function checkName<Name extends string>(
  name: string,
  value: unknown,
  known: readonly Name[],
): Checked<Name> {
  const found = known.find((each) => each === value);
  if (found !== undefined) return accept(found);
  const nearest = typeof value === "string" ? sortByDistance(known, value) : known;
  return refuse({ name, rule: `one of ${nearest.join(", ")}`, value, known: nearest });
}

function sortByDistance<Name extends string>(names: readonly Name[], to: string): Name[] {
  // A wrong name may be of any length, the work should not be.
  const near = to.slice(0, 32);
  const distances = new Map(names.map((name) => [name, editDistance(name, near)]));
  return names.toSorted((left, right) => (distances.get(left) ?? 0) - (distances.get(right) ?? 0));
}

/** Levenshtein's distance, one row of the matrix at a time. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let index = 0; index < left.length; index++) {
    const next = [index + 1];
    for (let column = 0; column < right.length; column++) {
      const swap = (row[column] ?? 0) + (left[index] === right[column] ? 0 : 1);
      next.push(Math.min(swap, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
