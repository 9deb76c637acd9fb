import { describe, expect, it } from "vitest";
import type { Schema } from "../../console/docs/document.ts";
import { noteOf, schemaText } from "../../console/docs/schema-text.ts";

describe("schemaText", () => {
  it.each<[Schema, string]>([
    [{}, "any"],
    [{ type: "string" }, "string"],
    [{ type: ["string", "null"] }, "string | null"],
    [{ const: "ok" }, '"ok"'],
    [{ const: null }, "null"],
    [{ type: "string", enum: ["a", "b"] }, '"a" | "b"'],
    [{ anyOf: [{ type: "number" }, { type: "null" }] }, "number | null"],
    [{ oneOf: [{ type: "number" }, { const: 5 }] }, "number | 5"],
    [{ allOf: [{ $ref: "#/components/schemas/A" }, { $ref: "#/components/schemas/B" }] }, "A & B"],
    [{ type: "array", items: { type: "string" } }, "string[]"],
    [{ type: "array", items: { anyOf: [{ type: "string" }, { type: "null" }] } }, "(string | null)[]"],
    [{ type: "array", items: { type: ["string", "null"] } }, "(string | null)[]"],
    [
      { type: "array", items: { type: "object", properties: { a: { enum: [1, 2] } } } },
      "{\n  a?: 1 | 2\n}[]",
    ],
    [{ type: "array", items: { enum: ["a"] } }, '("a")[]'],
    [{ type: "object" }, "object"],
    [{ type: "object", properties: {}, additionalProperties: false }, "{}"],
    [{ type: "object", additionalProperties: { type: "number" } }, "{ [name]: number }"],
    [
      {
        type: "object",
        properties: {
          id: { type: "string", minLength: 1, maxLength: 128 },
          "with-hyphen": { type: "array", items: { type: "object", properties: { n: { type: "integer" } } } },
        },
        required: ["id"],
        additionalProperties: {},
      },
      '{\n  id: string // 1 to 128 characters\n  "with-hyphen"?: {\n    n?: integer\n  }[]\n  …\n}',
    ],
  ])("writes %o", (schema, text) => {
    expect(schemaText(schema)).toBe(text);
  });
});

describe("noteOf", () => {
  it.each<[Schema, string]>([
    [{}, ""],
    [
      { description: "What for", minimum: 1, maximum: 60_000, default: 5 },
      "What for; 1 to 60,000; 5 when left out",
    ],
    [{ minimum: 0 }, "at least 0"],
    [{ maxItems: 10 }, "at most 10 items"],
    [{ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }, ""],
    [{ default: "GET" }, '"GET" when left out'],
  ])("says of %o", (schema, note) => {
    expect(noteOf(schema)).toBe(note);
  });
});
