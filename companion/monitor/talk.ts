import { hash, timingSafeEqual } from "node:crypto";
import { harmless } from "../telnet/text.ts";
import { answer } from "./answer.ts";
import type { Watched } from "./commands.ts";

/**
 * A page in a browser can make it send this to a port of its machine: it is not for us. Nor is a first line that is too
 * long, which no command is and the target of a request may be, or one that begins as TLS does (RFC 8446 §5.1): of that a
 * page chooses some bytes, line ends among them.
 */
const LOOKS_LIKE_HTTP = /^[A-Z]+ .* HTTP\/\d/;
const TLS_HANDSHAKE = "\u0016";

const PROMPT = "> ";

interface TalkOptions {
  /** What has to be typed first; nothing where it is empty. */
  readonly token: string;
  readonly isJson: boolean;
}

/** What becomes of a line: something is said, or the talk is over. */
type Outcome = { readonly say: string } | { readonly over: "quit" | "http" | "token" };

/** Somebody who types. */
export interface Talk {
  readonly greeting: string;
  /** @param line `undefined` for one that was too long. */
  take(line: string | undefined): Outcome;
}

/** Begins with asking for the token, where there is one. */
export function createTalk(watched: Watched, { token, isJson }: TalkOptions): Talk {
  let isFirst = true;
  let isKnown = token === "";
  let last = "";
  // For programs, what comes is lines of JSON and nothing else.
  const prompt = isJson ? "" : PROMPT;
  return {
    greeting: isKnown || isJson ? prompt : "Token: ",
    take(typed) {
      if (isFirst && (typed === undefined || isFromAPage(typed))) return { over: "http" };
      isFirst = false;
      const line = typed ?? "";
      if (!isKnown) {
        isKnown = isSame(line, token);
        return isKnown ? { say: prompt } : { over: "token" };
      }
      if (line.trim() !== "") last = line;
      const said = answer(last, watched, isJson);
      return said === "quit"
        ? { over: said }
        : { say: [...said.map((one) => `${harmless(one)}\r\n`), prompt].join("") };
    },
  };
}

function isFromAPage(line: string): boolean {
  return LOOKS_LIKE_HTTP.test(line) || line.startsWith(TLS_HANDSHAKE);
}

/** Compares digests, which are of one length, in a time that tells nothing. */
function isSame(given: string, token: string): boolean {
  return timingSafeEqual(hash("sha256", given, "buffer"), hash("sha256", token, "buffer"));
}
