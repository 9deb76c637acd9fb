import { parseRetryAfter } from "../http/retry-after.ts";

/** How long an answer asks to be left alone for, by `Retry-After`, in milliseconds; `undefined` where it does not. */
export function askedPauseMs({ headers }: Pick<Response, "headers">, nowEpochMs: number): number | undefined {
  return parseRetryAfter(headers.get("Retry-After"), { nowEpochMs, date: headers.get("Date") });
}
