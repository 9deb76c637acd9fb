import { isDeepStrictEqual } from "node:util";
import type { Answer } from "./response-reader.ts";

/** Says what is wrong with an answer, if anything is. */
export type Check = (answer: Answer) => string | undefined;

/**
 * Makes a check of answers against the JSON they have to be. Parsing each one would cost more than getting it: bytes
 * that were right once are right again.
 */
export function answerCheck(expected: unknown): Check {
  let right: Buffer | undefined;
  return ({ status, body }) => {
    if (status !== 200) return `status ${status}: ${body.toString().slice(0, 200)}`;
    if (right?.equals(body) === true) return undefined;
    const text = body.toString();
    if (!isDeepStrictEqual(parse(text), expected)) return `not what it has to be: ${text.slice(0, 200)}`;
    right = Buffer.from(body);
    return undefined;
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // which equals nothing that is expected
  }
}
