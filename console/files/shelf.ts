import {
  complaintOf,
  isAnswer,
  isFinal,
  postJson,
  type Refusal,
  send,
  type Unreachable,
} from "../exchange.ts";
import { createLatest, type Latest, valueOf } from "../latest.ts";
import { createDownloadReader, type Download, getFile, getFiles, type OpenFile, pathOf } from "./answers.ts";
import type { Files, FileSummary } from "./answers.ts";

/** How often downloads are looked at anew while the page is open. */
const EVERY_MS = 1_000;

/** The list as far as it was read, and why it does not go on, if it does not. */
interface Listing {
  readonly prefix: string;
  /** `undefined` until they are known. */
  readonly files: Files | undefined;
  readonly failure: Refusal | Unreachable | undefined;
}

/** The newest downloads. */
interface Downloads {
  readonly items: readonly Download[];
}

/** The files as they stand: the list, one that is open, and downloads, looked at again while somebody sees them. */
export interface Shelf {
  readonly listing: {
    readonly get: () => Listing;
    readonly subscribe: (listener: () => void) => () => void;
  };
  readonly file: Latest<string, OpenFile | Refusal | Unreachable>;
  readonly downloads: Latest<undefined, Downloads | Refusal | Unreachable>;
  /** Begins to look, into one file if its key is named. */
  readonly open: (key: string | undefined) => void;
  readonly close: () => void;
  /** Lists what begins with this. */
  readonly find: (prefix: string) => void;
  /** Reads on in the list. */
  readonly more: () => void;
  /** Looks at everything anew. */
  readonly refresh: () => void;
  /** @returns Why it was not begun, if it was not. */
  readonly download: (url: string, key: string) => Promise<Refusal | Unreachable | undefined>;
  /** Stores a file where there is none of its key. @returns Why it was not stored, if it was not. */
  readonly upload: (
    key: string,
    file: Blob,
    signal: AbortSignal,
  ) => Promise<Refusal | Unreachable | undefined>;
  /** Deletes this version. @returns Why it was not deleted, if it was not. */
  readonly remove: (
    file: Pick<FileSummary, "key"> & { readonly etag: string | undefined },
  ) => Promise<Refusal | Unreachable | undefined>;
}

/** @param every Calls back so often, until what it returns is called. */
export function createShelf(every: (listener: () => void, everyMs: number) => () => void): Shelf {
  const listeners = new Set<() => void>();
  let listing: Listing = { prefix: "", files: undefined, failure: undefined };
  let reading = new AbortController();
  const file = createLatest(getFile);
  const downloads = createLatest(createDownloadReader());
  /** Downloads that have succeeded, as far as was seen; `undefined` before the first look. */
  let done: ReadonlySet<string> | undefined;
  let openKey: string | undefined;
  let stop: (() => void) | undefined;

  const become = (next: Listing) => {
    listing = next;
    for (const listener of listeners) listener();
  };

  /** Reads the list from its beginning, until as much of it is there as was; or on from where it was. */
  const read = async (isMore: boolean) => {
    reading.abort();
    reading = new AbortController();
    const { signal } = reading;
    const { prefix, files } = listing;
    const before = isMore ? (files?.items ?? []) : [];
    const least = isMore ? 1 : (files?.items.length ?? 0);
    try {
      const next = await getFiles(prefix, isMore ? files?.cursor : undefined, least, signal);
      if (signal.aborted) return;
      if (!isAnswer(next)) return become({ ...listing, failure: next });
      become({ prefix, files: { ...next, items: [...before, ...next.items] }, failure: undefined });
    } catch (error) {
      // We aborted it ourselves, for another list.
      if (!signal.aborted) throw error;
    }
  };

  /** A slow answer is waited for: asking again would only begin it anew. */
  const lookAtDownloads = (isAsked: boolean) => {
    const state = downloads.get();
    const value = valueOf(state);
    const isDue =
      isAsked || value === undefined || isAnswer(value) || !(value.kind === "refused" && isFinal(value));
    if (state.kind !== "loading" && isDue) downloads.load(undefined);
  };
  // What has been downloaded is a file from then on.
  downloads.subscribe(() => {
    const state = downloads.get();
    if (state.kind !== "loaded" || !isAnswer(state.value)) return;
    const before = done;
    const succeeded = state.value.items.filter((one) => one.state === "succeeded");
    done = new Set(succeeded.map(({ id }) => id));
    const hasNew = before !== undefined && succeeded.some(({ id }) => !before.has(id));
    if (hasNew) void read(false);
  });

  return {
    listing: {
      get: () => listing,
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    file,
    downloads,
    open(key) {
      if (stop === undefined) void read(false);
      if (key === undefined) file.clear();
      else if (key !== openKey) file.load(key);
      openKey = key;
      lookAtDownloads(true);
      stop ??= every(() => lookAtDownloads(false), EVERY_MS);
    },
    close() {
      stop?.();
      stop = undefined;
      reading.abort();
      file.clear();
      openKey = undefined;
    },
    find(prefix) {
      become({ prefix, files: undefined, failure: undefined });
      void read(false);
    },
    more: () => void read(true),
    refresh() {
      void read(false);
      if (openKey !== undefined) file.load(openKey);
      lookAtDownloads(true);
    },
    async download(url, key) {
      const payload = { url, ...(key !== "" && { key }) };
      const complaint = complaintOf(await postJson("/v1/tasks", { type: "download", payload }));
      lookAtDownloads(true);
      return complaint;
    },
    async upload(key, body, signal) {
      const init = { method: "PUT", body, headers: { "If-None-Match": "*" }, signal };
      const complaint = complaintOf(await send(pathOf(key), init));
      if (complaint === undefined) void read(false);
      return complaint;
    },
    async remove({ key, etag }) {
      const headers = etag === undefined ? {} : { "If-Match": etag };
      const complaint = complaintOf(await send(pathOf(key), { method: "DELETE", headers }));
      if (complaint === undefined) void read(false);
      return complaint;
    },
  };
}
