import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { pathToFileURL } from "node:url";

/** What `GET /_stats` answers: how many calls were open at once, since the last `POST /_reset`. */
export interface UpstreamStats extends Lane {
  /** The same for each value of the header `manifold-lane`. */
  readonly lanes: Readonly<Record<string, Lane>>;
}

interface Lane {
  readonly calls: number;
  readonly open: number;
  readonly maxOpen: number;
}

/** What `GET /items/:id/:part` answers: about 700 bytes of JSON. */
export function itemOf(id: string, part: string): unknown {
  return {
    id,
    part,
    title: `Part ${part} of item ${id}`,
    tags: ["alpha", "beta", "gamma", "delta"],
    rows: Array.from({ length: 10 }, (_, row) => ({ row, label: `row ${row} of ${id}`, amount: row * 125 })),
  };
}

/**
 * Answers every call with its item, and counts. The query makes it misbehave: `delayMs=50` waits first, `status=503`
 * fails, `hang=1` never answers.
 */
function serve(port: number): void {
  const bodies = new Map<string, string>();
  const bodyOf = (path: string) => {
    const known = bodies.get(path);
    if (known !== undefined) return known;
    const [, , id = "", part = ""] = path.split("/");
    const body = JSON.stringify(itemOf(id, part));
    bodies.set(path, body);
    return body;
  };
  let stats = newStats();

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const [path = "", query = ""] = (request.url ?? "").split("?", 2);
    if (path === "/_stats") return reply(response, 200, JSON.stringify({ ...stats.all, lanes: stats.lanes }));
    if (path === "/_reset") {
      stats = newStats();
      return reply(response, 200, "{}");
    }
    const close = open(stats, request.headers["manifold-lane"]);
    response.once("close", close);
    const finish = (status = 200) => reply(response, status, bodyOf(path));
    if (query === "") return finish();
    const options = new URLSearchParams(query);
    if (options.has("hang")) return;
    const status = Number(options.get("status") ?? 200);
    const delayMs = Number(options.get("delayMs") ?? 0);
    if (delayMs > 0) setTimeout(finish, delayMs, status);
    else finish(status);
  };

  const server = createServer(answer);
  // A connection that is closed while a contender keeps it for its next call would fail that call for no reason.
  server.keepAliveTimeout = 600_000;
  server.listen({ port, host: "127.0.0.1", backlog: 4096 });
}

interface Counts {
  calls: number;
  open: number;
  maxOpen: number;
}

function newStats(): { readonly all: Counts; readonly lanes: Record<string, Counts> } {
  return { all: { calls: 0, open: 0, maxOpen: 0 }, lanes: {} };
}

/** Counts a call as open until the returned function is called. */
function open(
  { all, lanes }: ReturnType<typeof newStats>,
  lane: string | readonly string[] | undefined,
): () => void {
  const counted =
    lane === undefined ? [all] : [all, (lanes[String(lane)] ??= { calls: 0, open: 0, maxOpen: 0 })];
  for (const counts of counted) {
    counts.calls += 1;
    counts.open += 1;
    counts.maxOpen = Math.max(counts.maxOpen, counts.open);
  }
  return () => {
    for (const counts of counted) counts.open -= 1;
  };
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) serve(Number(process.argv[2]));
