import type { Allowed, Seen } from "./seen.ts";

/** One case of the probe: bytes to send over a raw socket, and what has to come of them. */
export interface ProbeCase {
  readonly name: string;
  /** Where it is written, without the word RFC. */
  readonly rfc: string;
  /** `@` stands for the origin's `host:port`, `\@` for itself. */
  readonly send: string;
  /** Whether that is all the client will ever say: its half of the connection ends with it. */
  readonly isLast?: boolean;
  /** The status of this proxy's answer, or that it breaks off. */
  readonly status: number | "reset";
  /** What the RFC lets a proxy do; a rule of our own, which no RFC has, is not asked of others. */
  readonly allowed: Allowed | "ours";
}

export const get = (fields: string, target = "http://@/") =>
  `GET ${target} HTTP/1.1\r\nHost: @\r\n${fields}\r\n`;

export const row = (
  name: string,
  rfc: string,
  status: ProbeCase["status"],
  send: string,
  allowed: ProbeCase["allowed"],
): ProbeCase => ({ name, rfc, send, status, allowed });

/** Whether that is what this proxy does. */
export function isOurs({ status, allowed }: ProbeCase, seen: Seen): boolean {
  const isStatus = status === "reset" ? seen.end === "reset" : seen.status === status;
  return isStatus && (allowed === "ours" || allowed(seen));
}
