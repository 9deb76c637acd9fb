import { type Clock, linkAbort, type LinkedAbort, TimeoutError } from "#kernel";
import type { Claimed } from "./claim.ts";
import type { TaskServices } from "./context.ts";
import { NotRetryableError, RetryAfterError, type TaskPolicy, type TaskType } from "./define.ts";
import type { JsonValue } from "./json.ts";
import { MOST_TEXT_CHARACTERS, parsePayload } from "./pointer.ts";
import type { Progress } from "./row.ts";
import type { Outcome } from "./settle.ts";

/** A handler that ignores its signal is left to itself after so long; what it does then is refused by the fence. */
const GRACE_MS = 2_000;
/** What rows have to carry, and go through the shard with each beat of a whole batch. */
const MOST_NOTE_CHARACTERS = 500;
const MOST_RECORD_CHARACTERS = 16_384;
/** What is later than this is no wish of another side, but a slip. */
const MOST_RETRY_AFTER_MS = 366 * 86_400_000;

/** What one attempt needs. */
export interface Attempt {
  readonly claimed: Claimed;
  readonly type: TaskType;
  readonly policy: TaskPolicy;
  readonly services: TaskServices;
  /** Aborted from outside when the task is cancelled or its lease lost. */
  readonly abort: LinkedAbort;
  readonly clock: Clock;
  progress(progress: Progress): void;
  saveRecord(value: JsonValue | undefined): Promise<void>;
  /** @throws When the lease is lost, or nobody can say. */
  confirm(this: void): Promise<void>;
}

const failed = (code: string, message: string, isRetryable: boolean, retryAfterMs?: number): Outcome => ({
  kind: "failed",
  error: { code, message: message.slice(0, 1_000) },
  isRetryable,
  retryAfterMs,
});

/** Runs one attempt; whatever the handler and the schema do, it comes to an outcome, and in time. */
export async function runTask(attempt: Attempt): Promise<Outcome> {
  const { policy, abort, clock } = attempt;
  using own = linkAbort(abort.signal);
  const stopTimer = clock.setTimer(
    () => tellToStop(own, new TimeoutError(policy.timeoutMs)),
    policy.timeoutMs,
  );
  try {
    return await inTime(checkAndHandle(attempt, own), own, clock);
  } catch (error) {
    if (own.signal.reason instanceof TimeoutError) return failed("timeout", own.signal.reason.message, true);
    if (abort.signal.aborted) return { kind: "stopped" };
    return outcomeOf(error);
  } finally {
    stopTimer();
    tellToStop(own);
  }
}

/** Aborts what a handler listens to. */
export function tellToStop(abort: LinkedAbort, reason?: unknown): void {
  try {
    abort.abort(reason);
  } catch {
    // A listener of the handler's threw: the others have heard it, and the task ends for the reason that is given.
  }
}

async function checkAndHandle(attempt: Attempt, own: LinkedAbort): Promise<Outcome> {
  const { claimed, type } = attempt;
  const parsed = await type.payload["~standard"].validate(parsePayload(claimed.payload));
  if (parsed.issues !== undefined) {
    return failed("invalid-payload", parsed.issues[0]?.message ?? "It does not match", false);
  }
  return succeeded(await handle(attempt, own, parsed.value));
}

async function handle(
  { claimed, type, services, ...ports }: Attempt,
  { signal }: LinkedAbort,
  payload: unknown,
) {
  let record = claimed.record;
  return await type.handle({
    id: claimed.id,
    payload,
    signal,
    attempt: claimed.attempt,
    idempotencyKey: claimed.id,
    fence: claimed.fence,
    services,
    confirm: ports.confirm,
    progress: (fraction, note) => ports.progress(progressOf(fraction, note)),
    record: {
      get value() {
        return record;
      },
      async save(value) {
        expectSmall(value);
        await ports.saveRecord(value);
        record = value;
      },
    },
  });
}

/** What a handler says is passed on with what all of its batch say, so that it has to be what it should. */
function progressOf(fraction: unknown, note: unknown): Progress {
  return {
    // A share of nothing is no number.
    fraction: Math.min(1, Math.max(0, Number(fraction) || 0)),
    note: note === undefined ? undefined : wordsOf(note).slice(0, MOST_NOTE_CHARACTERS),
  };
}

function expectSmall(record: JsonValue | undefined): void {
  const { length } = JSON.stringify(record ?? null);
  if (length > MOST_RECORD_CHARACTERS) {
    throw new RangeError(
      `Expected a record of at most ${MOST_RECORD_CHARACTERS} characters of JSON, got ${length}`,
    );
  }
}

/** What a handler comes to. @throws The reason of the abort, a while after it, for handlers that do not. */
async function inTime<T>(handling: Promise<T>, { signal }: LinkedAbort, clock: Clock): Promise<T> {
  const late = Promise.withResolvers<never>();
  let stopTimer: (() => void) | undefined;
  const beginGrace = () => (stopTimer = clock.setTimer(() => late.reject(signal.reason), GRACE_MS));
  if (signal.aborted) beginGrace();
  else signal.addEventListener("abort", beginGrace, { once: true });
  try {
    return await Promise.race([handling, late.promise]);
  } finally {
    signal.removeEventListener("abort", beginGrace);
    stopTimer?.();
  }
}

function succeeded(value: unknown): Outcome {
  let result: string | undefined;
  try {
    // `undefined` has no JSON, whatever the types say.
    result = JSON.stringify(value) as string | undefined;
  } catch (error) {
    return failed("unserialisable", `The result is not JSON: ${messageOf(error)}`, false);
  }
  if (result === undefined && value !== undefined) {
    return failed("unserialisable", `The result is not JSON: it is a ${typeof value}`, false);
  }
  if ((result?.length ?? 0) > MOST_TEXT_CHARACTERS) {
    return failed(
      "too-large",
      `Expected a result of at most ${MOST_TEXT_CHARACTERS} characters of JSON`,
      false,
    );
  }
  return { kind: "succeeded", result };
}

function outcomeOf(error: unknown): Outcome {
  return failed("threw", messageOf(error), !(error instanceof NotRetryableError), retryAfterOf(error));
}

/** @returns Nothing for what is no time, which would be a row that never wakes. */
function retryAfterOf(error: unknown): number | undefined {
  if (!(error instanceof RetryAfterError)) return undefined;
  const said: unknown = error.retryAfterMs;
  const ms = Number(said);
  return Number.isNaN(ms) ? undefined : Math.min(MOST_RETRY_AFTER_MS, Math.max(0, ms));
}

function messageOf(error: unknown): string {
  return wordsOf(error instanceof Error ? error.message : error);
}

function wordsOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "Something that has no words"; // an object without a prototype, or one whose `toString` throws
  }
}
