/** The longest payload or result, in characters of JSON, that is kept in its row; a longer one is kept elsewhere. */
export const MOST_INLINE_CHARACTERS = 65_536;

/**
 * The longest payload or result at all. What is larger belongs into a file, which a payload can name: a worker has the
 * payloads of a whole batch in memory.
 */
export const MOST_TEXT_CHARACTERS = 1_048_576;

/** What stands in a row for a text that is elsewhere. No JSON begins like this. */
const MARK = "@";

/** A pointer to what is kept under a key. */
export const pointerTo = (key: string): string => `${MARK}${key}`;

/** The key of what a text points to; `undefined` for a text that is all of it. */
export function keyIn(text: string): string | undefined {
  return text.startsWith(MARK) ? text.slice(MARK.length) : undefined;
}

/** Where the payload of a task is kept. */
export const payloadKey = (id: string): string => `${id}/payload`;

/** Where the result of one claim of a task is kept: what a stale worker keeps is nobody's result. */
export const resultKey = (id: string, fence: number): string => `${id}/result-${fence}`;

/** What stands in a row for a payload that was not given, which is another thing than `null`. */
const NONE = "";

/** A payload as it is kept. */
export const payloadText = (payload: unknown): string =>
  payload === undefined ? NONE : JSON.stringify(payload);

/** The same payload, once it is all here. */
export const parsePayload = (text: string): unknown => (text === NONE ? undefined : JSON.parse(text));
