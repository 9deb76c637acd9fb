import { isPlainObject, type PlainObject } from "./plain-object.ts";

/**
 * How results become one answer:
 *
 * - `namespace`: a member a branch;
 * - `shallow`: the members of all results side by side;
 * - `deep`: the same, and objects at one path are merged in turn.
 *
 * Values at one path conflict when they differ. `error` refuses the answer; `first` and `last` take that branch's
 * value, and merge it with the other objects there if it is an object that `deep` merges; `concat` puts all of them
 * into one list, lists by their items.
 */
export type MergePolicy =
  | { readonly strategy: "namespace" }
  | {
      readonly strategy: "shallow" | "deep";
      /** `error` unless it says otherwise. */
      readonly conflicts?: "error" | "first" | "last" | "concat" | undefined;
    };

/** One answer, or where two branches disagree: at a path like `name.common`, at `""` if one is no object. */
export type Merged =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly path: string; readonly branches: readonly [string, string] };

type Result = readonly [name: string, value: unknown];
type Results = readonly [Result, ...Result[]];

interface Rule {
  readonly conflicts: "error" | "first" | "last" | "concat";
  /** How far down objects are merged; below, they are values like any other. */
  readonly depth: number;
}

/** As deep as JSON is read. What is deeper is neither merged nor compared, so that no input exhausts the stack. */
const MAX_DEPTH = 64;

/**
 * Merges results in the order given, which is that of declaration. Changes none of them; the answer shares what it
 * takes over whole.
 *
 * @param results Each by the name of its branch.
 */
export function mergeResults(results: readonly Result[], policy: MergePolicy): Merged {
  if (policy.strategy === "namespace") return { ok: true, value: Object.fromEntries(results) };
  const [first, ...others] = results;
  if (first === undefined) return { ok: true, value: {} };
  const { strategy, conflicts = "error" } = policy;
  return mergeAt([], [first, ...others], { conflicts, depth: strategy === "deep" ? MAX_DEPTH : 1 });
}

/** Merges what the branches have at one path. All of it is looked at together: no fold, so no order of folding. */
function mergeAt(path: readonly string[], results: Results, rule: Rule): Merged {
  const [first, ...others] = results;
  const [name, value] = first;
  if (others.length === 0) return { ok: true, value };
  const objects = path.length < rule.depth ? results.filter(hasObject) : [];
  if (objects.length === results.length) return mergeMembers(path, objects, rule);

  const other = others.find((result) =>
    objects.length > 0 ? hasObject(result) !== hasObject(first) : !isEqual(result[1], value, MAX_DEPTH),
  );
  if (other === undefined) return { ok: true, value };
  switch (rule.conflicts) {
    case "error":
      return { ok: false, path: path.join("."), branches: [name, other[0]] };
    case "concat":
      return { ok: true, value: results.flatMap((result) => result[1]) };
    case "first":
    case "last": {
      const winner = rule.conflicts === "first" ? first : (others.at(-1) ?? first);
      const isMerged = objects.length > 0 && hasObject(winner);
      return isMerged ? mergeMembers(path, objects, rule) : { ok: true, value: winner[1] };
    }
  }
}

function mergeMembers(
  path: readonly string[],
  objects: readonly (readonly [name: string, value: PlainObject])[],
  rule: Rule,
): Merged {
  const byKey = new Map<string, [Result, ...Result[]]>();
  for (const [name, object] of objects) {
    for (const [key, value] of Object.entries(object)) {
      const results = byKey.get(key);
      if (results === undefined) byKey.set(key, [[name, value]]);
      else results.push([name, value]);
    }
  }
  const members: [string, unknown][] = [];
  for (const [key, results] of byKey) {
    const merged = mergeAt([...path, key], results, rule);
    if (!merged.ok) return merged;
    members.push([key, merged.value]);
  }
  // Defines each member, where assigning `__proto__`, which JSON can hold, would set the prototype.
  return { ok: true, value: Object.fromEntries(members) };
}

function hasObject(result: Result): result is readonly [name: string, value: PlainObject] {
  return isPlainObject(result[1]);
}

function isEqual(a: unknown, b: unknown, depth: number): boolean {
  if (a === b) return true;
  if (depth === 0) return false;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isEqual(item, b[index], depth - 1));
  }
  if (!isPlainObject(a) || !isPlainObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key], depth - 1))
  );
}
