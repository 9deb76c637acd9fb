import { create } from "content-disposition";
import { nameOf } from "./key.ts";

/** How a browser is to take a file. */
export type Disposition = "attachment" | "inline";

/** `Content-Disposition` (RFC 6266), with the name in ASCII and, where that is not all of it, in UTF-8 (RFC 8187). */
export function contentDisposition(key: string, type: Disposition): string {
  return create(nameOf(key), { type });
}
