import * as z from "zod";
import { hideTokens } from "../http/token-form.ts";

/** The longest key that R2 takes. */
export const MAX_KEY_BYTES = 1_024;

/**
 * Why a text cannot be a key; `undefined` when it can. A key reads like a path, and means only itself: nothing in it is
 * resolved, hidden or left out by whoever writes it into a URL or a file system.
 */
export function keyFault(key: string): string | undefined {
  if (key === "") return "expected a key, got none";
  if (!key.isWellFormed()) return "expected a key in Unicode, got half a character";
  const bytes = new TextEncoder().encode(key).length;
  if (bytes > MAX_KEY_BYTES) return `expected a key of at most ${MAX_KEY_BYTES} bytes, got ${bytes}`;
  // Keys are listed and told; whoever has put a token into a path did not mean that.
  if (hideTokens(key) !== key) return "expected a key without a token in it";
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(key)) return "expected a key without control characters";
  const odd = key.split("/").find((segment) => segment === "" || segment === "." || segment === "..");
  if (odd === "") return "expected a key without an empty segment, such as `a//b`, `/a` or `a/`";
  if (odd !== undefined) return `expected a key without the segment \`${odd}\``;
  return undefined;
}

/** A key of a file. */
export const FileKey = z
  .string()
  .check((context) => {
    const message = keyFault(context.value);
    if (message !== undefined) context.issues.push({ code: "custom", message, input: context.value });
  })
  .meta({
    description: `At most ${MAX_KEY_BYTES} bytes in UTF-8; no control characters, and no segment that is empty, \`.\` or \`..\``,
    examples: ["reports/2026/summary.pdf"],
  });

/** The last segment: what a file is called when it is saved. What would mean something there is taken out of it. */
export function nameOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1).replaceAll(MISLEADING, "_");
}

/** What parts folders on Windows, and what turns the direction of reading: `txt.exe` can look like `exe.txt` (UTR 36, 2.10). */
const MISLEADING = /[\\\u202a-\u202e\u2066-\u2069]/g;
