import { TELNET } from "./codes.ts";

/**
 * What others have said, as a terminal may have it: without ESC and all other controls (C0, DEL, C1), which could move
 * its cursor, change its colours, or make it say something; and without what turns text around, for a terminal that heeds
 * it could show it before the name. A tab becomes a space; lines after the first are indented, so that none passes for
 * what somebody else said.
 */
export function harmless(text: string): string {
  return text
    .replaceAll("\t", " ")
    .split(/\r?\n|[\u2028\u2029]/)
    .map((line) => line.replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, ""))
    .join("\r\n  ");
}

/** A text in bytes for a telnet connection: UTF-8, with IAC doubled (RFC 854). */
export function encode(text: string): Buffer {
  return doubleIac(Buffer.from(text));
}

/** Doubles each byte that would begin a command. */
export function doubleIac(bytes: Buffer): Buffer {
  if (!bytes.includes(TELNET.IAC)) return bytes;
  return Buffer.from([...bytes].flatMap((byte) => (byte === TELNET.IAC ? [byte, byte] : [byte])));
}
