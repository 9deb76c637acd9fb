import type { Schema } from "./document.ts";

/** Writes a schema in the way of a TypeScript type, with what a type cannot say as a comment behind it. */
export function schemaText(schema: Schema, indent = ""): string {
  const { properties, items } = schema;
  if (schema.$ref !== undefined) return schema.$ref.replace(/^.*\//, "");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const members = schema.anyOf ?? schema.oneOf;
  if (members !== undefined) return members.map((member) => schemaText(member, indent)).join(" | ");
  if (schema.allOf !== undefined) return schema.allOf.map((member) => schemaText(member, indent)).join(" & ");
  if (properties !== undefined) return objectText(schema, properties, indent);
  if (items !== undefined) return listText(items, indent);
  if (typeof schema.additionalProperties === "object") {
    return `{ [name]: ${schemaText(schema.additionalProperties, indent)} }`;
  }
  return typeText(schema.type);
}

function objectText(
  { required = [], additionalProperties }: Schema,
  properties: Readonly<Record<string, Schema>>,
  indent: string,
): string {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, schema]) => {
    const key = /^[\w$]+$/.test(name) ? name : JSON.stringify(name);
    const mark = required.includes(name) ? "" : "?";
    const note = noteOf(schema);
    return `${inner}${key}${mark}: ${schemaText(schema, inner)}${note === "" ? "" : ` // ${note}`}`;
  });
  // Zod writes an empty schema where others are let through.
  if (additionalProperties !== false && additionalProperties !== undefined) lines.push(`${inner}…`);
  return lines.length === 0 ? "{}" : ["{", ...lines, `${indent}}`].join("\n");
}

function listText(items: Schema, indent: string): string {
  const isOneOfMany = [items.anyOf, items.oneOf, items.allOf, items.enum].some(
    (members) => members !== undefined,
  );
  const item = schemaText(items, indent);
  return isOneOfMany || Array.isArray(items.type) ? `(${item})[]` : `${item}[]`;
}

function typeText(type: Schema["type"]): string {
  if (type === undefined) return "any";
  return typeof type === "string" ? type : type.join(" | ");
}

/** What a type cannot say: what it is for, its bounds, what it is when it is left out. */
export function noteOf(schema: Schema): string {
  const bounds = [
    rangeText(schema.minimum, schema.maximum, ""),
    rangeText(schema.minLength, schema.maxLength, " characters"),
    rangeText(schema.minItems, schema.maxItems, " items"),
  ];
  const fallback = schema.default === undefined ? "" : `${JSON.stringify(schema.default)} when left out`;
  return [schema.description ?? "", ...bounds, fallback].filter((part) => part !== "").join("; ");
}

function rangeText(least: number | undefined, most: number | undefined, unit: string): string {
  // As large as an integer can be is no bound that anyone set.
  const isMost = most !== undefined && most < Number.MAX_SAFE_INTEGER;
  const isLeast = least !== undefined && least > Number.MIN_SAFE_INTEGER;
  if (isLeast && isMost) return `${number(least)} to ${number(most)}${unit}`;
  if (isMost) return `at most ${number(most)}${unit}`;
  return isLeast ? `at least ${number(least)}${unit}` : "";
}

function number(value: number): string {
  return value.toLocaleString("en");
}
