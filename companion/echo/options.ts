import * as z from "zod";
import { host, oneOf, port, wholeNumber } from "../option-types.ts";

/** How the echo is to be. */
export const ECHO_OPTIONS = z.object({
  port: port(8888),
  host: host(),
  /** Whether what is read is answered, or each line of it. */
  framing: oneOf("chunk", ["chunk", "line"]),
  connections: wholeNumber(12_000, 1, 1_000_000),
  perAddress: wholeNumber(12_000, 1, 1_000_000),
  idleMs: wholeNumber(600_000, 1, 86_400_000),
});
