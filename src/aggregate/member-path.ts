/** The way to a member, name by name. */
export type MemberPath = readonly string[];

/** Paths by their first name, each with what follows; `undefined` where a path ends, and all below belongs to it. */
export interface PathTree extends ReadonlyMap<string, PathTree | undefined> {}

/** Reads a path like `name.common`. */
export function toPath(text: string): MemberPath {
  return text.split(".");
}

/** Puts paths together that begin alike, in the order of the first of each. */
export function toTree(paths: readonly MemberPath[]): PathTree {
  const byFirst = Map.groupBy(paths, ([first = ""]) => first);
  return new Map(
    Array.from(byFirst, ([first, group]) => {
      const below = group.map((path) => path.slice(1));
      return [first, below.some(({ length }) => length === 0) ? undefined : toTree(below)];
    }),
  );
}

/** Whether a path, as text, is another or leads further into it. */
export function isWithin(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}.`);
}
