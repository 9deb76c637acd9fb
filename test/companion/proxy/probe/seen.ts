/** What became of one case. */
export interface Seen {
  /** Of the answer; `undefined` when none came. */
  readonly status: number | undefined;
  /** All that the client was sent, a character a byte. */
  readonly answer: string;
  /** All that the origin was sent, a character a byte; empty when nothing reached it. */
  readonly asked: string;
  readonly end: "open" | "closed" | "reset";
}

/** Whether a proxy may do that. */
export type Allowed = (seen: Seen) => boolean;

/** It was done. */
export const served: Allowed = ({ status }) => status !== undefined && status >= 200 && status < 300;

/** It was not done: an answer says so, or the connection was closed. */
export const refused: Allowed = ({ status, end }) =>
  status === undefined ? end !== "open" : status >= 300 && status < 600;

/** The status is one of these, where the RFC leaves no other. */
export const status =
  (...allowed: readonly number[]): Allowed =>
  (seen) =>
    seen.status !== undefined && allowed.includes(seen.status);

/** Nothing of it went further, whatever the answer is. */
export const keptHere: Allowed = ({ asked }) => asked === "";

/** It went on, and none of these patterns was in what the origin was sent. */
export const servedWithout =
  (...patterns: readonly RegExp[]): Allowed =>
  (seen) =>
    served(seen) && seen.asked !== "" && !patterns.some((pattern) => pattern.test(seen.asked));

/** It went on, and all of these patterns were in what the origin was sent. */
export const servedWith =
  (...patterns: readonly RegExp[]): Allowed =>
  (seen) =>
    served(seen) && patterns.every((pattern) => pattern.test(seen.asked));

/** None of these patterns was in what the client was sent. */
export const toldWithout =
  (...patterns: readonly RegExp[]): Allowed =>
  (seen) =>
    seen.status !== undefined && !patterns.some((pattern) => pattern.test(seen.answer));

/** All of these patterns were in what the client was sent. */
export const toldWith =
  (...patterns: readonly RegExp[]): Allowed =>
  (seen) =>
    patterns.every((pattern) => pattern.test(seen.answer));

/** Any of these ways will do. */
export const either =
  (...ways: readonly Allowed[]): Allowed =>
  (seen) =>
    ways.some((way) => way(seen));
