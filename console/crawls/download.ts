import { readExchange, refusal, type Refusal, unreachable, type Unreachable } from "../exchange.ts";
import { withToken } from "../token.ts";

/** What can be had of a crawl as a file. */
export interface Export {
  readonly words: string;
  /** Below the crawl. */
  readonly path: string;
  readonly accept: string;
  /** How the file's name ends. */
  readonly ending: string;
}

/** All of them. */
export const EXPORTS: readonly Export[] = [
  { words: "Pages, CSV", path: "pages", accept: "text/csv", ending: "pages.csv" },
  { words: "Pages, NDJSON", path: "pages", accept: "application/x-ndjson", ending: "pages.ndjson" },
  { words: "Links, NDJSON", path: "links", accept: "application/x-ndjson", ending: "links.ndjson" },
];

/**
 * Fetches a file whole, for a link could neither show a token nor say which form it wants; the browser keeps what is large
 * on disk. Rejects only when the signal aborts.
 */
export async function fetchFile(
  id: string,
  { path, accept }: Export,
  signal: AbortSignal,
): Promise<Blob | Refusal | Unreachable> {
  const target = `/v1/crawls/${id}/${path}`;
  try {
    const response = await fetch(target, { signal, headers: withToken({ Accept: accept }) });
    if (!response.ok) return refusal(await readExchange(target, response));
    return await response.blob();
  } catch (error) {
    signal.throwIfAborted();
    return unreachable(target, error);
  }
}

/** Hands a file to the browser to be saved. */
export function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // Not at once: the browser reads it after this.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
