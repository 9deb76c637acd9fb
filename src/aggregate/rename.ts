import { type MemberPath, type PathTree, toPath, toTree } from "./member-path.ts";
import { isPlainObject, ownMember, type PlainObject } from "./plain-object.ts";

interface Move {
  readonly from: MemberPath;
  readonly to: MemberPath;
  /** How many names both paths begin with. */
  readonly shared: number;
}

/**
 * Makes a function that moves members of an object to other paths, all at once, so that two can change places. What
 * is in the way of a member is replaced; an object that is left empty is removed.
 *
 * A path goes on in each element of a list that it meets. Where both paths go through the list, members move within
 * each element (`cities.name` to `cities.title`); where only the first does, they are gathered (`cities.name` to
 * `names`).
 *
 * @param rename New paths by old ones, with dots between the names.
 */
export function renamer(rename: Readonly<Record<string, string>>): (object: PlainObject) => PlainObject {
  const moves = Object.entries(rename).map(([source, target]): Move => {
    const [from, to] = [toPath(source), toPath(target)];
    const differsAt = from.findIndex((name, index) => name !== to[index]);
    return { from, to, shared: differsAt === -1 ? from.length : differsAt };
  });
  const sources = toTree(moves.map(({ from }) => from));
  return (object) => {
    let result = omit(object, sources);
    for (const { from, to, shared } of moves) {
      const found = find(object, from);
      // The way begins at an object, so it ends with one.
      if (found !== undefined) result = place(result, to, found, shared) as PlainObject;
    }
    return inPlace(object, result, moves);
  };
}

/** What a path leads to: one value, or what it leads to in each element of a list. */
type Found =
  | { readonly kind: "one"; readonly value: unknown }
  | { readonly kind: "each"; readonly items: readonly (Found | undefined)[] };

function find(value: unknown, path: MemberPath): Found | undefined {
  const [name, ...below] = path;
  if (name === undefined) return { kind: "one", value };
  if (Array.isArray(value)) {
    return { kind: "each", items: value.map((item) => (isPlainObject(item) ? find(item, path) : undefined)) };
  }
  return isPlainObject(value) && Object.hasOwn(value, name) ? find(value[name], below) : undefined;
}

function place(node: unknown, path: MemberPath, found: Found | undefined, shared: number): unknown {
  if (found === undefined) return node;
  const [name, ...below] = path;
  if (name === undefined) return found.kind === "one" ? found.value : gather(found);
  if (Array.isArray(node) && found.kind === "each" && shared >= 0) {
    return node.map((item, index) => place(item, path, found.items[index], shared));
  }
  const object = isPlainObject(node) ? node : {};
  // A computed name defines a member, `__proto__` too, where assigning would set the prototype.
  return { ...object, [name]: place(ownMember(object, name), below, found, shared - 1) };
}

function gather(found: Found | undefined): unknown[] {
  if (found === undefined) return [];
  return found.kind === "one" ? [found.value] : found.items.flatMap(gather);
}

function omit(object: PlainObject, sources: PathTree): PlainObject {
  const members = Object.entries(object).flatMap(([name, value]): [string, unknown][] => {
    if (!sources.has(name)) return [[name, value]];
    const below = sources.get(name);
    if (below === undefined) return [];
    if (Array.isArray(value)) {
      return [[name, value.map((item: unknown) => (isPlainObject(item) ? omit(item, below) : item))]];
    }
    if (!isPlainObject(value)) return [[name, value]];
    const rest = omit(value, below);
    return isEmpty(rest) && !isEmpty(value) ? [] : [[name, rest]];
  });
  return Object.fromEntries(members);
}

function isEmpty(object: PlainObject): boolean {
  return Object.keys(object).length === 0;
}

/** Orders members for the reader: what was moved stands where it, or what it was part of, stood. */
function inPlace(before: PlainObject, after: PlainObject, moves: readonly Move[]): PlainObject {
  const names = new Set<string>();
  for (const name of Object.keys(before)) {
    names.add(name);
    for (const { from, to } of moves) if (from[0] === name) names.add(to[0] ?? "");
  }
  const present = [...names].filter((name) => Object.hasOwn(after, name));
  return Object.fromEntries(present.map((name) => [name, after[name]]));
}
