import * as z from "zod";
import { suggest } from "./nearest.ts";

/**
 * Says what keeps a value from being of a form: a line a fault, with the place, the rule and the value, or the name that
 * was probably meant. For who writes a configuration and may have no type checker.
 */
export function formFaults(form: z.ZodType, value: unknown): readonly string[] {
  const { error } = form.safeParse(value);
  return (error?.issues ?? []).flatMap((issue) => {
    const place = issue.path.join(".");
    if (issue.code === "unrecognized_keys") {
      const known = membersAt(form, issue.path);
      const prefix = place === "" ? "" : `${place}.`;
      return issue.keys.map((key) => `there is no \`${prefix}${key}\`; ${suggest(key, known)}`);
    }
    const given = issue.path.reduce<unknown>((of, name) => (of as Record<PropertyKey, unknown>)[name], value);
    const subject = place === "" ? "" : `\`${place}\` to be `;
    return `expected ${subject}${ruleOf(issue)}, got ${shown(given)}`;
  });
}

const WORDS: Readonly<Record<string, string>> = {
  string: "a text",
  boolean: "`true` or `false`",
  array: "a list",
  object: "an object",
  record: "an object",
};

function ruleOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return WORDS[issue.expected] ?? issue.expected;
  if (issue.code === "invalid_value")
    return `one of ${issue.values.map((one) => `\`${String(one)}\``).join(", ")}`;
  return issue.message;
}

/** A value for a message; of what may have secrets in it, only what it is. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null
    ? "an object"
    : typeof value === "function"
      ? "a function"
      : String(value);
}

/** The members that the form of a place knows; none where it is no object. */
function membersAt(form: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let at: unknown = form;
  for (const name of path) {
    if (at instanceof z.ZodOptional) at = at.unwrap();
    if (at instanceof z.ZodArray) at = at.element;
    else if (at instanceof z.ZodRecord) at = at.valueType;
    else if (at instanceof z.ZodObject) at = (at.shape as Readonly<Record<PropertyKey, unknown>>)[name];
  }
  if (at instanceof z.ZodOptional) at = at.unwrap();
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}
