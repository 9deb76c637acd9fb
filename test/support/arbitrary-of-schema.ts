import fc from "fast-check";
import type { JsonSchema } from "../../src/http/operation.ts";

/** The part of JSON Schema that our document uses. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

const MOST_ITEMS = 4;
const LONGEST_TEXT = 40;

/** Values that a schema lets pass, small ones. What the schema does not say, it does not know. */
export function validFor(schema: JsonSchema): fc.Arbitrary<unknown> {
  return arbitraryOf(schema);
}

function arbitraryOf(schema: Schema): fc.Arbitrary<unknown> {
  const { const: only, enum: values, examples, anyOf, type, properties } = schema;
  if (only !== undefined) return fc.constant(only);
  if (values !== undefined) return fc.constantFrom(...values);
  if (anyOf !== undefined) return fc.oneof(...anyOf.map(arbitraryOf));
  if (Array.isArray(type))
    return fc.oneof(...type.map((one: string) => arbitraryOf({ ...schema, type: one })));
  // An example goes deeper than what is drawn blindly.
  if (examples !== undefined) {
    return fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...examples) },
      { weight: 1, arbitrary: ofType(schema) },
    );
  }
  if (properties !== undefined) return objectOf(properties, schema.required ?? []);
  return ofType(schema);
}

function ofType({ type, ...schema }: Schema): fc.Arbitrary<unknown> {
  switch (type) {
    case "string":
      return textOf(schema);
    case "integer":
      return fc.integer({ min: within(schema.minimum ?? -1e9), max: within(schema.maximum ?? 1e9) });
    case "number":
      return fc.double({ noNaN: true, min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9 });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(arbitraryOf(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? MOST_ITEMS, MOST_ITEMS)),
      });
    case "object":
      return recordOf(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function textOf({ minLength = 0, maxLength = LONGEST_TEXT, pattern }: Schema): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { size: "small" });
  return fc.string({
    minLength,
    maxLength: Math.max(minLength, Math.min(maxLength, LONGEST_TEXT)),
    unit: "binary",
  });
}

function objectOf(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
): fc.Arbitrary<object> {
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [name, arbitraryOf(member)]),
  );
  return fc.record(members, { requiredKeys: [...required], noNullPrototype: true });
}

function recordOf({ additionalProperties, propertyNames }: Schema): fc.Arbitrary<object> {
  if (typeof additionalProperties !== "object")
    return fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 2 });
  const name = propertyNames === undefined ? fc.string() : textOf(propertyNames);
  return fc.dictionary(name, arbitraryOf(additionalProperties), { maxKeys: 3, noNullPrototype: true });
}

/** Within what fast-check takes for an integer. */
function within(bound: number): number {
  return Math.max(-0x80000000, Math.min(0x7fffffff, bound));
}

/** What programs choke on. */
const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  -0,
  1.5,
  1e308,
  2 ** 53,
  "",
  " ",
  "\u0000",
  "\ud800",
  "x".repeat(9_000),
  "__proto__",
  "constructor",
  [],
  [[]],
  {},
  { toString: 1 },
  JSON.parse('{"__proto__": {"a": 1}}'),
];

/** Values that a schema lets pass but for one place, where something is odd, missing or too much. */
export function nearlyValidFor(schema: JsonSchema): fc.Arbitrary<unknown> {
  const places = fc.array(fc.nat({ max: 7 }), { minLength: 0, maxLength: 4 });
  return fc
    .tuple(validFor(schema), places, fc.constantFrom(...ODD), fc.constantFrom("replace", "remove", "add"))
    .map(([value, path, odd, change]) => spoil(structuredClone(value), path, odd, change));
}

function spoil(value: unknown, [first, ...rest]: readonly number[], odd: unknown, change: string): unknown {
  if (first === undefined || typeof value !== "object" || value === null) return odd;
  const container = value as Record<string, unknown>; // a list is one as well
  const names = Object.keys(container);
  const name = names[first % Math.max(1, names.length)];
  if (name === undefined || (rest.length === 0 && change === "add")) container["odd"] = odd;
  else if (rest.length === 0 && change === "remove") delete container[name];
  else container[name] = spoil(container[name], rest, odd, change);
  return value;
}
