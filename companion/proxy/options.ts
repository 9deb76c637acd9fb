import * as z from "zod";
import { host, listOf, port, secret, toggle, wholeNumber } from "../option-types.ts";
import { readAllowEntry } from "./guard/allow-list.ts";
import { readPortRange } from "./guard/ports.ts";

const MOST_MS = 86_400_000;

/** How the proxy is to be. */
export const PROXY_OPTIONS = z.object({
  port: port(8080),
  host: host(),
  /** What may be reached besides what is public. */
  allow: listOf("a list of addresses, blocks, names or *.names with commas", "", readAllowEntry),
  /** Where requests may go. */
  ports: listOf("a list of ports or ranges with commas", "80,443,1024-65535", readPortRange),
  /** Where tunnels may go. */
  connectPorts: listOf("a list of ports or ranges with commas", "80,443,1024-65535", readPortRange),
  /** `user:password` that has to be said; without them everybody may. */
  credentials: secret("user:password", (given) => /^[^:]+:/.test(given)),
  /** Tells origins the client's address in `X-Forwarded-For`. */
  forwardedFor: toggle(),
  connections: wholeNumber(2_000, 1, 1_000_000),
  perAddress: wholeNumber(1_000, 1, 1_000_000),
  /** How long a request's head may take. */
  headersMs: wholeNumber(10_000, 1, MOST_MS),
  /** How long a name may take to be looked up, and a destination to be reached. */
  connectMs: wholeNumber(10_000, 1, MOST_MS),
  /** How long nothing may move in a request or a tunnel. */
  idleMs: wholeNumber(120_000, 1, MOST_MS),
  /** The same for a tunnel of which one side has said all, or a request whose client has. */
  halfClosedMs: wholeNumber(30_000, 1, MOST_MS),
});

export type ProxyOptions = Omit<z.output<typeof PROXY_OPTIONS>, "port"> & { readonly port: number };
