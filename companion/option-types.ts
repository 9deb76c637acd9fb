import ipaddr from "ipaddr.js";
import * as z from "zod";

/** A text that `read` understands; `rule` says, after "Expected … to be", what that is. */
export function option<T>(rule: string, fallback: string, read: (text: string) => T | undefined) {
  return z
    .string()
    .transform((text, context) => {
      const value = read(text);
      if (value !== undefined) return value;
      context.addIssue({ code: "custom", message: rule });
      return z.NEVER;
    })
    .prefault(fallback);
}

/** A whole number, with what it counts in its name. */
export const wholeNumber = (fallback: number, least: number, most: number) =>
  option(`an integer from ${least} to ${most}`, String(fallback), (text) => integerIn(text, least, most));

/** Where a service listens; 0 is any port that is free. `off` leaves the service out. */
export const port = (fallback: number) =>
  option("an integer from 0 to 65535, or off", String(fallback), (text) =>
    text === "off" ? text : integerIn(text, 0, 65_535),
  );

/** An address of this machine to listen at. */
export const host = () =>
  option("an IP address", "127.0.0.1", (text) => (ipaddr.isValid(text) ? text : undefined));

export const oneOf = <const T extends string>(fallback: T, values: readonly T[]) =>
  option(`one of ${values.join(", ")}`, fallback, (text) => values.find((value) => value === text));

/** `--name` turns it on, as does the variable with 1. */
export const toggle = () =>
  option("0 or 1", "0", (text) => (text === "1" ? true : text === "0" ? false : undefined)).meta({
    isToggle: true,
  });

/** Values with commas between them, each of which `readOne` understands. */
export const listOf = <T>(rule: string, fallback: string, readOne: (text: string) => T | undefined) =>
  option(rule, fallback, (text) => {
    const parts = text.split(",").filter((part) => part.trim() !== "");
    const values = parts.map((part) => readOne(part.trim())).filter((value) => value !== undefined);
    return values.length === parts.length ? values : undefined;
  });

/** What nobody is shown, and no message repeats. */
export const secret = (rule: string, isRight: (text: string) => boolean) =>
  option(rule, "", (given) => (given === "" || isRight(given) ? given : undefined)).meta({ isSecret: true });

/** What may be left out. */
export const text = () => option("a text", "", (given) => given);

/** A text of digits as the number it is, where that is in a range. */
export function integerIn(given: string, least: number, most: number): number | undefined {
  const value = Number(given);
  return /^\d+$/.test(given) && value >= least && value <= most ? value : undefined;
}
