import type { SavedClient } from "./effects.ts";

/**
 * Where a client keeps what must outlive a reload: who it is, and what it has not got rid of yet. A storage that is
 * asynchronous is read before the client is made.
 */
export interface ClientStorage {
  load(): SavedClient | undefined;
  save(saved: SavedClient): void;
}

/** As much of the browser's `Storage` as is needed. */
interface KeyValues {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/**
 * Keeps a client in `sessionStorage`, a tab for itself, or in `localStorage`, for as long as the browser keeps it. Two
 * tabs of one client are one user. What one has not got rid of when it is closed, the other leaves where it is, and the
 * next that is opened sends.
 */
export function webStorage(storage: KeyValues, key: string): ClientStorage {
  /** Ids of what this tab has put there; all else is another's. */
  let own = new Set<string>();
  const read = () => {
    try {
      const saved: unknown = JSON.parse(storage.getItem(key) ?? "null");
      return isSaved(saved) ? saved : undefined;
    } catch {
      return undefined; // what cannot be read is not ours
    }
  };
  return {
    load() {
      const saved = read();
      if (saved !== undefined) own = idsOf(saved);
      return saved;
    },
    save(saved) {
      const { cid, unsent } = saved;
      const ids = idsOf(saved);
      const there = read();
      const all = there?.cid === cid ? there.unsent : [];
      const others = all.filter(({ id }) => !own.has(id) && !ids.has(id));
      storage.setItem(key, JSON.stringify({ cid, unsent: [...others, ...unsent] }));
      own = ids;
    },
  };
}

function idsOf({ unsent }: SavedClient): Set<string> {
  return new Set(unsent.map(({ id }) => id));
}

function isSaved(value: unknown): value is SavedClient {
  if (typeof value !== "object" || value === null) return false;
  const { cid, unsent } = value as Partial<SavedClient>; // looked at below
  return typeof cid === "string" && Array.isArray(unsent) && unsent.every(isUnsent);
}

function isUnsent(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { id, text, firstMs } = value as Record<string, unknown>; // an object, whatever is in it
  const isTime = firstMs === undefined || typeof firstMs === "number";
  return typeof id === "string" && typeof text === "string" && isTime;
}
