import type { Schema } from "../docs/document.ts";

/** A value to begin with, for who writes one by hand: what the schema gives as an example, or the least that fits its type. */
export function exampleOf(schema: Schema): unknown {
  const { properties, items, required = [] } = schema;
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum !== undefined) return schema.enum[0];
  const [member] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
  if (member !== undefined) return exampleOf(member);
  if (properties !== undefined) {
    const needed = Object.entries(properties).filter(([name]) => required.includes(name));
    return Object.fromEntries(needed.map(([name, property]) => [name, exampleOf(property)]));
  }
  if (items !== undefined) return Array.from({ length: schema.minItems ?? 0 }, () => exampleOf(items));
  return plain(schema);
}

function plain({ type, format, minimum }: Schema): unknown {
  switch (typeof type === "string" ? type : type?.[0]) {
    case "string":
      return format === "uri" ? "https://example.com/" : "";
    case "number":
    case "integer":
      return minimum !== undefined && minimum > 0 ? minimum : 0;
    case "boolean":
      return false;
    case "array":
      return [];
    case "null":
      return null;
    default:
      return {};
  }
}
