import { accept, checkInteger, checkName, refuse, type Checked } from "./check.ts";
import { json, type Reply } from "./reply.ts";

/** How a list tells where it goes on: not at all, by an opaque cursor, or by a `Link` header (RFC 8288). */
const STYLES = ["page", "cursor", "link"] as const;

const DEFAULT_SIZE = "50";
const MAX_SIZE = 1000;

/**
 * Cuts the page that a query asks for out of a list.
 *
 * - `style=page` (the default): the items; a page shorter than `size` is the last.
 * - `style=link`: the items, and a `Link` header to the next page on all but the last.
 * - `style=cursor`: `{ items, next }`; the last page has no `next`.
 *
 * @param path The list's own path: links lead there, and cursors hold only there.
 */
export function pageReply(items: readonly unknown[], query: URLSearchParams, path: string): Checked<Reply> {
  const style = checkName("style", query.get("style") ?? "page", STYLES);
  if (!style.ok) return style;
  const size = checkInteger("size", query.get("size") ?? DEFAULT_SIZE, { from: 1, to: MAX_SIZE });
  if (!size.ok) return size;
  return style.value === "cursor"
    ? cursorReply(items, query, path, size.value)
    : numberedReply(items, query, path, size.value, style.value);
}

function cursorReply(
  items: readonly unknown[],
  query: URLSearchParams,
  path: string,
  size: number,
): Checked<Reply> {
  const page = query.get("page");
  if (page !== null) return refuse({ name: "page", rule: "absent when `style` is cursor", value: page });
  const cursor = query.get("cursor");
  const offset = cursor === null ? accept(0) : readCursor(cursor, path, items.length);
  if (!offset.ok) return offset;
  const end = offset.value + size;
  const more = end < items.length;
  return accept(
    json({ items: items.slice(offset.value, end), ...(more && { next: writeCursor(path, end) }) }),
  );
}

function numberedReply(
  items: readonly unknown[],
  query: URLSearchParams,
  path: string,
  size: number,
  style: "page" | "link",
): Checked<Reply> {
  const cursor = query.get("cursor");
  if (cursor !== null)
    return refuse({ name: "cursor", rule: `absent when \`style\` is ${style}`, value: cursor });
  const page = checkInteger("page", query.get("page") ?? "1", { from: 1 });
  if (!page.ok) return page;
  const end = page.value * size;
  const next = `<${path}?style=link&page=${page.value + 1}&size=${size}>; rel="next"`;
  const linked = style === "link" && end < items.length;
  return accept(json(items.slice(end - size, end), 200, linked ? { link: next } : {}));
}

function writeCursor(path: string, offset: number): string {
  return Buffer.from(`${offset} ${path}`).toString("base64url");
}

function readCursor(cursor: string, path: string, length: number): Checked<number> {
  const offset = Number.parseInt(Buffer.from(cursor, "base64url").toString(), 10);
  // Writing it again proves all of it: the list, the digits, and letters that decoding would skip.
  const isOwn = offset > 0 && offset < length && writeCursor(path, offset) === cursor;
  return isOwn
    ? accept(offset)
    : refuse({ name: "cursor", rule: "the `next` of an earlier page of this list", value: cursor });
}
