import { targetOf } from "./route-path.ts";

/** What an address asks to see. */
export type View =
  | { readonly kind: "country"; readonly code: string | undefined }
  | { readonly kind: "chat"; readonly room: string }
  | { readonly kind: "fanout" }
  /** `id` is the task that is open. */
  | { readonly kind: "tasks"; readonly id: string | undefined }
  /** `id` is the crawl that is open. */
  | { readonly kind: "crawls"; readonly id: string | undefined }
  /** `id` is the limit that is chosen. */
  | { readonly kind: "limits"; readonly id: string | undefined }
  /** `key` is that of the file that is open. */
  | { readonly kind: "files"; readonly key: string | undefined }
  /** `path` is the path of an endpoint, filled in or as declared; `undefined` before one is picked. */
  | { readonly kind: "endpoint"; readonly path: string | undefined; readonly query: string };

/**
 * Reads the fragment of an address: `#FRA`, in any case of letters, `#chat/lobby`, `#tasks`, `#crawls`, `#limits`,
 * `#fanout`, `#files/…` with a key in percent-encoding, `#/`, or `#/api/…` with its query.
 */
export function viewInHash(hash: string): View {
  const room = /^#chat(?:\/([\w-]*))?$/.exec(hash);
  if (room !== null) return { kind: "chat", room: room[1] || LOBBY };
  const [, kind, id = ""] = /^#(tasks|crawls|limits)(?:\/([\w-]*))?$/.exec(hash) ?? [];
  if (kind === "tasks" || kind === "crawls" || kind === "limits") {
    return { kind, id: id === "" ? undefined : id };
  }
  const file = /^#files(?:\/(.*))?$/.exec(hash);
  if (file !== null) return { kind: "files", key: file[1] ? decoded(file[1]) : undefined };
  if (hash === "#fanout") return { kind: "fanout" };
  const code = /^#([a-z]{3})$/i.exec(hash)?.[1]?.toUpperCase();
  const { path, query = "" } = /^#(?<path>\/api\/[^?]*)\??(?<query>.*)$/.exec(hash)?.groups ?? {};
  if (path === undefined && hash !== "#/") return { kind: "country", code };
  return { kind: "endpoint", path, query };
}

/** The room that everyone finds. */
const LOBBY = "lobby";

/** The fragment under which a file is found. */
export function hashOfFile(key: string): string {
  return `#files/${encodePath(key)}`;
}

/** A path that means only itself, whatever is in it; what stands between its segments stays. */
export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // written by hand: a `%` that is meant as such
  }
}

/** The fragment under which an endpoint is found, with what is filled in. */
export function hashOf(path: string, query: string): string {
  return `#${targetOf(path, query)}`;
}
