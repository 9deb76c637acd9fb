import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { EVENT_STREAM, NDJSON, type StreamFormat } from "./stream.ts";

const WHOLE = "application/json";

/** The form of answer that a caller prefers by its `Accept`; `undefined` is JSON as a whole, also when in doubt. */
export function chooseFormat(c: Context): StreamFormat | undefined {
  if (c.req.header("Accept") === undefined) return undefined;
  const supports = [WHOLE, NDJSON.contentType, EVENT_STREAM.contentType];
  const accepted = accepts(c, { header: "Accept", supports, default: WHOLE });
  return [NDJSON, EVENT_STREAM].find(({ contentType }) => contentType === accepted);
}
