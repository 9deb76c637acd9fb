/** An object of members and nothing else, as JSON has them. */
export type PlainObject = Readonly<Record<string, unknown>>;

/** Whether a value is a plain object: no list, no `Date` or `Map`, no instance of a class. */
export function isPlainObject(value: unknown): value is PlainObject {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A member of the object's own; `undefined` for what it inherits, such as `constructor`. */
export function ownMember(object: PlainObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
