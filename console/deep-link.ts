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
  /** `path` is the path of an endpoint, filled in or as declared; `undefined` before one is picked. */
  | { readonly kind: "endpoint"; readonly path: string | undefined; readonly query: string };

/** Reads the fragment of an address: `#FRA`, in any case of letters, `#chat/lobby`, `#tasks`, `#crawls`, `#fanout`, `#/`, or `#/api/…` with its query. */
export function viewInHash(hash: string): View {
  const room = /^#chat(?:\/([\w-]*))?$/.exec(hash);
  if (room !== null) return { kind: "chat", room: room[1] || LOBBY };
  const [, kind, id = ""] = /^#(tasks|crawls)(?:\/([\w-]*))?$/.exec(hash) ?? [];
  if (kind === "tasks" || kind === "crawls") return { kind, id: id === "" ? undefined : id };
  if (hash === "#fanout") return { kind: "fanout" };
  const code = /^#([a-z]{3})$/i.exec(hash)?.[1]?.toUpperCase();
  const { path, query = "" } = /^#(?<path>\/api\/[^?]*)\??(?<query>.*)$/.exec(hash)?.groups ?? {};
  if (path === undefined && hash !== "#/") return { kind: "country", code };
  return { kind: "endpoint", path, query };
}

/** The room that everyone finds. */
const LOBBY = "lobby";

/** The fragment under which an endpoint is found, with what is filled in. */
export function hashOf(path: string, query: string): string {
  return `#${targetOf(path, query)}`;
}
