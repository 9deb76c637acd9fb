import * as z from "zod";
import { host, port, text, toggle } from "../option-types.ts";

/** How the monitor is to be. */
export const MONITOR_OPTIONS = z.object({
  port: port(50_101),
  /** Of this machine only, whatever else is exposed. */
  host: host(),
  /** In place of a port: a Unix socket that only its owner may open. */
  socket: text(),
  /** What has to be typed first; nothing by default. */
  token: text(),
  /** Answers in lines of JSON, without a prompt. */
  json: toggle(),
});
