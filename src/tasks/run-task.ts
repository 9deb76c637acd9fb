import { type Clock, linkAbort, type LinkedAbort, TimeoutError } from "#kernel";
import type { Claimed } from "./claim.ts";
import type { TaskServices } from "./context.ts";
import { NotRetryableError, RetryAfterError, type TaskPolicy, type TaskType } from "./define.ts";
import type { JsonValue } from "./json.ts";
import { MOST_TEXT_CHARACTERS } from "./pointer.ts";
import type { Progress } from "./row.ts";
import type { Outcome } from "./settle.ts";

/** A handler that ignores its signal is left to itself after so long; what it does then is refused by the fence. */
const GRACE_MS = 2_000;

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
}

const failed = (code: string, message: string, isRetryable: boolean, retryAfterMs?: number): Outcome => ({
  kind: "failed",
  error: { code, message: message.slice(0, 1_000) },
  isRetryable,
  retryAfterMs,
});

/** Runs one attempt; whatever the handler does, it comes to an outcome, and in time. */
export async function runTask(attempt: Attempt): Promise<Outcome> {
  const { claimed, type, policy, abort, clock } = attempt;
  const parsed = await type.payload["~standard"].validate(JSON.parse(claimed.payload));
  if (parsed.issues !== undefined) {
    return failed("invalid-payload", parsed.issues[0]?.message ?? "It does not match", false);
  }
  using own = linkAbort(abort.signal);
  const stopTimer = clock.setTimer(() => own.abort(new TimeoutError(policy.timeoutMs)), policy.timeoutMs);
  try {
    return succeeded(await inTime(handle(attempt, own, parsed.value), own, clock));
  } catch (error) {
    if (own.signal.reason instanceof TimeoutError) return failed("timeout", own.signal.reason.message, true);
    if (abort.signal.aborted) return { kind: "stopped" };
    return outcomeOf(error);
  } finally {
    stopTimer();
    own.abort();
  }
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
    progress: (fraction, note) => ports.progress({ fraction: Math.min(1, Math.max(0, fraction)), note }),
    record: {
      get value() {
        return record;
      },
      async save(value) {
        await ports.saveRecord(value);
        record = value;
      },
    },
  });
}

/** What a handler comes to. @throws The reason of the abort, a while after it, for handlers that do not. */
async function inTime(handling: Promise<unknown>, { signal }: LinkedAbort, clock: Clock): Promise<unknown> {
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
  const retryAfterMs = error instanceof RetryAfterError ? error.retryAfterMs : undefined;
  return failed("threw", messageOf(error), !(error instanceof NotRetryableError), retryAfterMs);
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  try {
    return String(error);
  } catch {
    return "Something that has no words"; // an object without a prototype, or one whose `toString` throws
  }
}
