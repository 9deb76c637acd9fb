import { hideTokens } from "./token-form.ts";

/** One thing that happened, with what belongs to it: no bodies, no header values, no tokens. */
export interface LogEntry {
  readonly event: string;
  /** Whether all went well. */
  readonly ok: boolean;
  readonly [field: string]: unknown;
}

/** Writes what did not go well, and leaves out the rest: a line costs a busy Worker a fifth of a small request. */
export function logProblem(entry: LogEntry): void {
  if (!entry.ok) logInfo(entry);
}

/** Writes one structured line. */
export function logInfo(entry: LogEntry): void {
  // oxlint-disable-next-line no-console -- the platform collects what is written here
  console.log(hideTokens(JSON.stringify({ level: "info", ...entry })));
}

/** Writes one structured line. Errors become their stack with its causes; a log is not for the caller's eyes. */
export function logError(event: string, fields: Readonly<Record<string, unknown>>, error?: unknown): void {
  // oxlint-disable-next-line no-console -- the platform collects what is written here
  console.error(
    hideTokens(
      JSON.stringify({
        level: "error",
        event,
        ...fields,
        ...(error !== undefined && { error: describe(error) }),
      }),
    ),
  );
}

function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? {} : { cause: describe(error.cause) };
  return { message: error.message, stack: error.stack, ...cause };
}
