import type * as z from "zod";
import type { FileEntry, FilePage } from "../../src/files/requests.ts";
import type { TaskPage, TaskView } from "../../src/tasks/requests.ts";
import { encodePath } from "../deep-link.ts";
import {
  getOf,
  isAnswer,
  readExchange,
  refusal,
  type Refusal,
  type Unreachable,
  unreachable,
} from "../exchange.ts";
import { isObject } from "../is-object.ts";
import { withToken } from "../token.ts";
import { FIRST_BYTES, imageTypeOf, MOST_IMAGE_BYTES, type Preview, previewOf } from "./preview.ts";

/** A file in the list. */
export type FileSummary = z.infer<typeof FileEntry>;

/** Files in the order of their keys, from one cursor to the next. */
export type Files = z.infer<typeof FilePage>;

/** A file that is open. */
export interface OpenFile {
  readonly key: string;
  readonly size: number;
  readonly etag: string | undefined;
  readonly type: string | undefined;
  /** As HTTP has it. */
  readonly modified: string | undefined;
  readonly preview: Preview;
}

/** A download, and what it fetches. */
export type Download = z.infer<typeof TaskPage>["items"][number] & {
  readonly url: string;
  /** Where it is stored, where that was said. */
  readonly key: string | undefined;
};

/** Where the API has a file. */
export function pathOf(key: string): string {
  return `/v1/files/${encodePath(key)}`;
}

/** Reads on in the list until there are `least` more files, or no others. Rejects only when the signal aborts. */
export async function getFiles(
  prefix: string,
  after: string | undefined,
  least: number,
  signal: AbortSignal,
): Promise<Files | Refusal | Unreachable> {
  const items: FileSummary[] = [];
  let cursor = after;
  do {
    const query = new URLSearchParams({ limit: "50", ...(prefix && { prefix }), ...(cursor && { cursor }) });
    const page = await getOf<Files>(`/v1/files?${query}`, signal);
    if (!isAnswer(page)) return page;
    items.push(...page.items);
    ({ cursor } = page);
  } while (cursor !== undefined && items.length < least);
  return { items, ...(cursor !== undefined && { cursor }) };
}

/** Reads the beginning of a file, and all of an image that is not too large. Rejects only when the signal aborts. */
export async function getFile(key: string, signal: AbortSignal): Promise<OpenFile | Refusal | Unreachable> {
  const target = pathOf(key);
  const ask = async (fields: Record<string, string>) =>
    await fetch(target, { signal, headers: withToken(fields) });
  try {
    const first = await ask({ Range: `bytes=0-${FIRST_BYTES - 1}` });
    const type = first.headers.get("Content-Type");
    const isLonger = sizeOf(first.headers) > FIRST_BYTES && sizeOf(first.headers) <= MOST_IMAGE_BYTES;
    if (!isLonger || imageTypeOf(type) === undefined) return await openFile(key, first);
    await first.body?.cancel();
    return await openFile(key, await ask({}));
  } catch (error) {
    signal.throwIfAborted();
    return unreachable(target, error);
  }
}

async function openFile(key: string, response: Response): Promise<OpenFile | Refusal> {
  const { ok, status, headers } = response;
  const size = sizeOf(headers);
  // Of an empty file there is no range.
  const isEmpty = status === 416 && size === 0;
  if (!ok && !isEmpty) return refusal(await readExchange(pathOf(key), response));
  const type = isEmpty ? null : headers.get("Content-Type");
  const bytes = isEmpty ? new Uint8Array() : new Uint8Array(await response.arrayBuffer());
  return {
    key,
    size,
    type: type ?? undefined,
    etag: headers.get("ETag") ?? undefined,
    modified: headers.get("Last-Modified") ?? undefined,
    preview: previewOf(bytes, size, type),
  };
}

/** How long the whole of a file is. */
function sizeOf(headers: Headers): number {
  return Number(/\/(\d+)$/.exec(headers.get("Content-Range") ?? "")?.[1] ?? headers.get("Content-Length"));
}

/** Reads which downloads are the newest, and asks once of each what it fetches. */
export function createDownloadReader() {
  const known = new Map<string, Pick<Download, "url" | "key">>();
  /** Rejects only when the signal aborts. */
  return async (
    _: undefined,
    signal: AbortSignal,
  ): Promise<{ readonly items: readonly Download[] } | Refusal | Unreachable> => {
    const page = await getOf<z.infer<typeof TaskPage>>("/v1/tasks?type=download&limit=5", signal);
    if (!isAnswer(page)) return page;
    const items: Download[] = [];
    for (const task of page.items) {
      const payload = known.get(task.id) ?? (await getPayload(task.id, signal));
      if (!isAnswer(payload)) return payload;
      known.set(task.id, payload);
      items.push({ ...task, ...payload });
    }
    return { items };
  };
}

async function getPayload(id: string, signal: AbortSignal) {
  const task = await getOf<z.infer<typeof TaskView>>(`/v1/tasks/${id}`, signal);
  if (!isAnswer(task)) return task;
  const { url, key } = isObject(task.payload) ? task.payload : {};
  return { url: String(url), key: typeof key === "string" ? key : undefined };
}
