import { isWithin, type PathTree, toPath, toTree } from "./member-path.ts";
import { isPlainObject, type PlainObject } from "./plain-object.ts";
import { renamer } from "./rename.ts";

/** Which members of a result are kept, and what they are called. Paths go by dots, as in `name.common`. */
export interface ShapeOptions {
  /** Keeps these members only, in this order. */
  readonly pick?: readonly string[] | undefined;
  /** Moves members, each from the path that is the key to the path that is the value; after `pick`. */
  readonly rename?: Readonly<Record<string, string>> | undefined;
}

/**
 * Gives a value another shape. Of a list each element is shaped, and a path goes on in each element of a list that it
 * meets. What is missing is left out. The value itself stays as it is.
 *
 * With `pick` nothing but what is named gets through: an element that is no object becomes `null`.
 */
export function shape(value: unknown, { pick, rename }: ShapeOptions): unknown {
  const kept = pick === undefined ? undefined : toTree(pick.map(toPath));
  const renamed = rename === undefined ? undefined : renamer(rename);
  const shapeOne = (element: unknown) => {
    const picked = kept === undefined ? element : pickElement(element, kept);
    return renamed === undefined || !isPlainObject(picked) ? picked : renamed(picked);
  };
  return Array.isArray(value) ? value.map(shapeOne) : shapeOne(value);
}

function pickElement(element: unknown, kept: PathTree): unknown {
  return isPlainObject(element) ? pickMembers(element, kept) : null;
}

function pickMembers(object: PlainObject, kept: PathTree): PlainObject {
  const members: [string, unknown][] = [];
  for (const [name, below] of kept) {
    if (!Object.hasOwn(object, name)) continue;
    const member = object[name];
    if (below === undefined) members.push([name, member]);
    else if (Array.isArray(member)) members.push([name, member.map((item) => pickElement(item, below))]);
    else if (isPlainObject(member)) {
      const picked = pickMembers(member, below);
      if (Object.keys(picked).length > 0) members.push([name, picked]);
    }
  }
  return Object.fromEntries(members);
}

/** Says what is wrong with a shape. But for paths that are none, it is what would lose members without a word. */
export function checkShape({ pick, rename = {} }: ShapeOptions): readonly string[] {
  const faults: string[] = [];
  const paths = { pick: pick ?? [], rename: Object.entries(rename).flat() };
  for (const [option, list] of Object.entries(paths)) {
    for (const path of list.filter((one) => toPath(one).includes(""))) {
      faults.push(`expected \`${option}\` to hold paths like \`name.common\`, got \`${path}\``);
    }
  }
  const targets = Object.values(rename);
  for (const [index, target] of targets.entries()) {
    const other = targets.slice(0, index).find((one) => isWithin(one, target) || isWithin(target, one));
    if (other === undefined) continue;
    faults.push(`expected \`rename\` to lead to different places, got \`${other}\` and \`${target}\``);
  }
  return pick === undefined ? faults : [...faults, ...checkTogether(pick, rename)];
}

function checkTogether(pick: readonly string[], rename: Readonly<Record<string, string>>): readonly string[] {
  const faults: string[] = [];
  const isMoved = (path: string) => Object.keys(rename).some((source) => isWithin(path, source));
  for (const [source, target] of Object.entries(rename)) {
    if (!pick.some((path) => isWithin(source, path) || isWithin(path, source))) {
      faults.push(`expected \`rename\` to move what \`pick\` keeps, got \`${source}\``);
    }
    const lost = pick.find((path) => isWithin(path, target) && !isWithin(source, path) && !isMoved(path));
    if (lost === undefined) continue;
    faults.push(`expected \`rename\` to spare what \`pick\` keeps, got \`${target}\` over \`${lost}\``);
  }
  return faults;
}
