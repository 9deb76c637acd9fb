import { CLOSE, type CloseCode, type ErrorCode, type RoomFrame } from "./wire.ts";

export interface RefuseOptions {
  /** Of what was asked for. */
  readonly id?: string | undefined;
  /** When to try again; without it, trying again is no use. */
  readonly retryAfterMs?: number;
}

/** From this code on, who was closed may come back. */
const LEAST_TEMPORARY = 4100;

/** How long a client should stay away, by why it was sent away. */
const AFTER_MS: Partial<Record<CloseCode, number>> = {
  [CLOSE.flood]: 30_000,
  [CLOSE.slow]: 1_000,
  [CLOSE.full]: 10_000,
  [CLOSE.noHello]: 1_000,
};

/** Says that something is not done, and why. */
export function refusal(
  code: ErrorCode,
  message: string,
  { id, retryAfterMs }: RefuseOptions = {},
): RoomFrame {
  const retryable = retryAfterMs !== undefined;
  return {
    t: "err",
    ...(id !== undefined && { id }),
    code,
    message,
    retryable,
    ...(retryable && { retryAfterMs }),
  };
}

/** Says that the socket will be closed, and what to do then. */
export function farewell(code: CloseCode): RoomFrame {
  return { t: "bye", code, reconnect: code >= LEAST_TEMPORARY, afterMs: AFTER_MS[code] ?? 0 };
}
