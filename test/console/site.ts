import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

/** Answers one request of the page. */
export type Handler = (response: ServerResponse) => void;

/** The built page with an API of canned answers behind it. */
export interface Site extends AsyncDisposable {
  readonly url: string;
  /** Answers a path (without its query) from now on, until `reset`. */
  answer(path: string, handler: Handler): void;
  /** Goes back to the answers it began with. */
  reset(): void;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** Serves a built page the way the platform does, with the headers its `_headers` asks for. */
export async function startSite(
  directory: string,
  answers: Readonly<Record<string, Handler>>,
): Promise<Site> {
  const headers = readHeaders(await readFile(join(directory, "_headers"), "utf8"));
  const special = new Map<string, Handler>();

  const serveFile = async (path: string, response: ServerResponse) => {
    const name = path === "/" ? "index.html" : path.slice(1);
    const type = TYPES[extname(name)];
    if (type === undefined) return void response.writeHead(404).end();
    const bytes = await readFile(join(directory, name));
    response.writeHead(200, { ...headers, "Content-Type": type }).end(bytes);
  };
  const listener: RequestListener = (request, response) => {
    const path = decodeURIComponent(request.url?.split("?")[0] ?? "/");
    const handler = special.get(path) ?? answers[path];
    if (handler !== undefined) handler(response);
    else if (/^\/(api|v1)\//.test(path)) response.writeHead(404).end();
    else void serveFile(path, response);
  };

  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: (path, handler) => void special.set(path, handler),
    reset: () => special.clear(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers with JSON, under the headers given. */
export function json(body: unknown, headers: Readonly<Record<string, string>> = {}, status = 200): Handler {
  const type = { "Content-Type": "application/json; charset=utf-8" };
  return (response) => response.writeHead(status, { ...type, ...headers }).end(JSON.stringify(body));
}

/** Answers with a whole stream of Server-Sent Events. */
export function events(...all: readonly (readonly [kind: string, data: object])[]): Handler {
  return (response) => void response.writeHead(200, EVENT_STREAM).end(all.map(toEvent).join(""));
}

/** What a stream of events comes under. */
export const EVENT_STREAM = { "Content-Type": "text/event-stream", "X-Request-Id": "req-3" };

/** One event as it is written. */
export const toEvent = ([kind, data]: readonly [kind: string, data: object]) =>
  `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;

/** Answers with a problem (RFC 9457). */
export function problem(body: {
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
}): Handler {
  return json(body, { "Content-Type": "application/problem+json" }, body.status);
}

/** The headers of the one rule, for all paths, in a file of Cloudflare's `_headers` format. */
function readHeaders(text: string): Record<string, string> {
  const fields = text.matchAll(/^ {2}(?<name>[\w-]+): (?<value>.*)$/gm);
  return Object.fromEntries(Array.from(fields, ({ groups }) => [groups?.["name"], groups?.["value"]]));
}
