import type { Context } from "hono";

/**
 * Adds fields to an answer that is made. In place, for `c.header` would copy the answer, which is a good part of what a
 * small request costs; but what another server or an object answered cannot be changed, and is copied.
 */
export function addHeaders(c: Context, fields: Readonly<Record<string, string>>): void {
  try {
    for (const name in fields) c.res.headers.set(name, fields[name] ?? "");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    for (const [name, value] of Object.entries(fields)) c.header(name, value);
  }
}
