import { STATUS_CODES } from "node:http";
import { refusalText, type Refusal } from "./check.ts";

/** An answer before it meets a socket. */
export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers with a value as JSON. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(value),
  };
}

/** Answers with a status and its name. */
export function statusReply(status: number): Reply {
  return json({ status, reason: STATUS_CODES[status] ?? "Unknown" }, status);
}

/** Answers 400 and says which value broke which rule. */
export function refused(refusal: Refusal): Reply {
  return json({ error: "bad-request", message: refusalText(refusal), ...refusal }, 400);
}

/** Answers 404. */
export function notFound(message: string): Reply {
  return json({ error: "not-found", message }, 404);
}

/** Answers 405 and says which methods there are. */
export function methodNotAllowed(method: string, allowed: readonly string[]): Reply {
  const allow = allowed.join(", ");
  return json({ error: "method-not-allowed", message: `Expected ${allow}, got ${method}` }, 405, { allow });
}
