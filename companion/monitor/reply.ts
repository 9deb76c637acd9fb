/** What a command answers: for people, a line each, and for programs. */
export interface Reply {
  readonly lines: readonly string[];
  readonly value: unknown;
}

/** A reply in a line. */
export const remark = (text: string, value: object = { said: text }): Reply => ({ lines: [text], value });

/** Nothing was done. */
export const refusal = (error: string): Reply => ({ lines: [error], value: { error } });
