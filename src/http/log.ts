import { suppressed } from "#kernel";
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

/**
 * Writes one structured line. Errors become their stack with their causes and what failed beside them; a log is not for the
 * caller's eyes.
 */
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

/** Errors that lie deeper in others are named and no more: they may go round in a circle. */
const MOST_DEPTH = 5;
/** What stands beside an error, so many at most. */
const MOST_OTHERS = 10;

function describe(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return inspect(error);
  const { message, stack, cause } = error;
  if (depth === MOST_DEPTH) return message;
  const all: readonly unknown[] = [
    ...(error instanceof AggregateError ? error.errors : []),
    ...suppressed(error),
  ];
  const others = all.slice(0, MOST_OTHERS).map((other) => describe(other, depth + 1));
  return {
    message,
    stack,
    ...(cause !== undefined && { cause: describe(cause, depth + 1) }),
    ...(others.length > 0 && { others }),
  };
}

/** What was thrown and is no error. */
function inspect(thrown: unknown): string {
  return typeof thrown === "object" && thrown !== null
    ? `{${Object.keys(thrown).join(", ")}}`
    : String(thrown);
}
