import * as z from "zod";
import { host, list, port } from "../option-types.ts";

/** How the proxy is to be. */
export const PROXY_OPTIONS = z.object({
  port: port(8080),
  host: host(),
  /** Ranges and names that may be reached besides what is public. */
  allow: list(),
});
