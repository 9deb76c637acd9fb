import * as z from "zod";
import { host, oneOf, option, port, secret, wholeNumber } from "../option-types.ts";

/** How chat by telnet is to be. */
export const CHAT_OPTIONS = z.object({
  port: port(9999),
  host: host(),
  lang: oneOf("en", ["en", "fr"]),
  /** Where the Worker is. */
  url: option("an http: or https: URL", "http://127.0.0.1:8787", (given) => {
    const url = URL.parse(given);
    return url?.protocol === "http:" || url?.protocol === "https:" ? url.origin : undefined;
  }),
  /** A token with the scopes `chat` and `chat:gateway`; none where the Worker's door is open. */
  token: secret("visible ASCII characters", (given) => /^[\x21-\x7e]+$/.test(given)),
  /** The room that everyone begins in. */
  room: option("1 to 64 of a-z 0-9 - _", "lobby", (given) =>
    /^[a-z0-9_-]{1,64}$/.test(given) ? given : undefined,
  ),
  connections: wholeNumber(1_000, 1, 1_000_000),
  perAddress: wholeNumber(100, 1, 1_000_000),
  idleMs: wholeNumber(86_400_000, 1, 2_000_000_000),
});
