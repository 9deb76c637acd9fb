import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
  ".txt": "text/plain",
  ".gif": "image/gif",
  ".jpg": "image/jpeg",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

/** A site of the files of a folder, which remembers what it was asked for. */
export interface FolderSite extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
  /** What whoever calls themselves so has been asking for, each time, with the status of the answer. */
  askedBy(agent: string): readonly string[];
}

/** Serves it on loopback as servers of files do: a folder is its `index.html`, and has a slash at its end. */
export async function serveFolder(folder: string): Promise<FolderSite> {
  const asked: { readonly agent: string; readonly what: string }[] = [];
  const server = createServer((request, response) => {
    const { url = "/", headers } = request;
    void answer(new URL(url, "http://site").pathname, response).then(() =>
      asked.push({ agent: headers["user-agent"] ?? "", what: `${response.statusCode} ${url}` }),
    );
  });
  async function answer(path: string, response: ServerResponse): Promise<void> {
    const file = join(folder, decodeURIComponent(path));
    const found = await stat(file).catch(() => undefined);
    if (found?.isDirectory() === true && !path.endsWith("/")) {
      response.writeHead(301, { Location: `${path}/` }).end();
      return;
    }
    const name = path.endsWith("/") ? join(file, "index.html") : file;
    const body = await readFile(name).catch(() => undefined);
    const type = body === undefined ? "text/html" : (TYPES[extname(name)] ?? "application/octet-stream");
    response.writeHead(body === undefined ? 404 : 200, {
      "Content-Type": type,
      "Content-Length": body?.length ?? 0,
    });
    response.end(body);
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    askedBy: (name) => asked.filter(({ agent }) => agent.includes(name)).map(({ what }) => what),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
