import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { gzipSync } from "node:zlib";
import { makeBombs } from "./bombs.ts";

/** Links of one page. */
const MILLION = 1_000_000;
const ROBOTS_BYTES = 10_000_000;
const HTML = { "Content-Type": "text/html" };

/** What a host does to whoever asks for a path. */
export type Trick = (response: ServerResponse, path: string) => void | Promise<void>;

/** Makes all tricks that there are; the page at `/` links to each. */
export async function makeTricks(): Promise<Trick> {
  const bombs = await makeBombs();
  const tricks: Readonly<Record<string, Trick>> = {
    "/robots.txt": (response) => {
      response.writeHead(200, { "Content-Type": "text/plain" });
      const comment = "# nothing\n".repeat(ROBOTS_BYTES / 10);
      response.end(`User-agent: *\nDisallow: /forbidden\n${comment}`);
    },
    ...Object.fromEntries(
      Object.entries(bombs).map(([coding, bomb]): [string, Trick] => [
        `/${coding}`,
        page({ ...HTML, "Content-Encoding": coding }, bomb),
      ]),
    ),
    "/shouted": page({ ...HTML, "Content-Encoding": "GZIP" }, gzipSync("<a href=/found0>")),
    "/endless": async (response) => await pour(response, forever("<p>and so on</p>".repeat(4_096))),
    "/drip": (response) => {
      response.writeHead(200, HTML);
      const timer = setInterval(() => response.write("."), 50);
      response.once("close", () => clearInterval(timer));
    },
    "/silent": () => undefined,
    "/headers": async ({ socket }) => {
      if (socket === null) return;
      socket.write("HTTP/1.1 200 OK\r\n");
      await pipeline(forever(`X-More: ${"more".repeat(1_000)}\r\n`), socket, { end: false });
    },
    "/million": async (response) => {
      const links = function* () {
        for (let link = 0; link < MILLION; link += 1_000)
          yield Array.from({ length: 1_000 }, (_, index) => `<a href=/m/${link + index}>`).join("");
      };
      await pour(response, Readable.from(links()));
    },
    "/many": (response) => {
      const links = Array.from({ length: 200_000 }, (_, link) => `<a href=//b/${link}>`);
      response.writeHead(200, HTML).end(links.join(""));
    },
    "/loop1": redirect("/loop2"),
    "/loop2": redirect("/loop1"),
    "/self": redirect("/self"),
    "/charset": page({ "Content-Type": "text/html; charset=nonsense" }, "<a href=/found1>"),
    "/utf16": page({ "Content-Type": "text/html; charset=utf-16" }, "<a href=/found2>"),
    "/bytes": page(HTML, Buffer.from([0xff, 0xc0, 0xaf, ...Buffer.from("<a href=/found3>"), 0xed, 0xa0])),
    "/lies": (response) => {
      response.writeHead(200, { ...HTML, "Content-Encoding": "gzip" }).end("this is no gzip");
    },
    "/short": (response) => {
      response.writeHead(200, { ...HTML, "Content-Length": "1000" });
      response.write("some", () => response.destroy());
    },
  };
  return async (response, path) => {
    const trick = tricks[path];
    if (trick !== undefined) return await trick(response, path);
    if (path.startsWith("/hop/")) return redirect(`/hop/${Number(path.slice(5)) + 1}`)(response, path);
    if (path.startsWith("/calendar?day=")) {
      const day = Number(path.slice(14));
      return page(HTML, `${day} <a href="/calendar?day=${day + 1}">`)(response, path);
    }
    if (path.startsWith("/day/")) {
      const day = Number(path.slice(5));
      return page(HTML, `${day} <a href="/day/${day + 1}">`)(response, path);
    }
    const links = path === "/" ? [...Object.keys(tricks), "/hop/0", "/calendar?day=0", "/forbidden"] : [];
    return page(HTML, `${path} ${links.map((link) => `<a href="${link}">`).join("")}`)(response, path);
  };
}

function page(headers: Readonly<Record<string, string>>, body: string | Buffer): Trick {
  return (response) => void response.writeHead(200, headers).end(body);
}

function redirect(to: string): Trick {
  return (response) => void response.writeHead(302, { Location: to }).end();
}

async function pour(response: ServerResponse, body: Readable): Promise<void> {
  response.writeHead(200, HTML);
  await pipeline(body, response);
}

function forever(piece: string): Readable {
  return new Readable({
    read() {
      this.push(piece);
    },
  });
}
