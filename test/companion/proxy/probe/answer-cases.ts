import { get, row } from "./probe-case.ts";
import { type Allowed, either, toldWith, toldWithout } from "./seen.ts";

/** What an origin sends for a path, after which it closes. */
export const ODD_ANSWERS: Readonly<Record<string, string>> = {
  "/both": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
  "/two-lengths": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk",
  "/no-length": "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok",
  "/space": "HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 2\r\n\r\nok",
  "/folded": "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok",
  "/nul": "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nok",
  "/named": "HTTP/1.1 200 OK\r\nConnection: X-Mine\r\nX-Mine: 1\r\nContent-Length: 2\r\n\r\nok",
  "/short": "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok",
  "/short-chunks": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
  "/bad-chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\ng\r\n",
  "/trailers":
    "HTTP/1.1 200 OK\r\nTrailer: T\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nT: 1\r\n\r\n",
  "/interim": "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
};

const from = (path: string) => get("", `http://@${path}`);
const HTTP_10 = (path: string) => `GET http://@${path} HTTP/1.0\r\n\r\n`;
/** What is left to say, when the client has not been told anything yet: 502, or another fault of what is behind. */
const badGateway: Allowed = ({ status = 0 }) => status >= 500;
/** An answer that broke off does not look whole: not by the last chunk, nor by its length. */
const brokenOff: Allowed = (seen) => (seen.status === undefined && seen.end !== "open") || looksCut(seen);
const looksCut: Allowed = (seen) =>
  seen.end !== "open" && toldWithout(/\r\n0\r\n\r\n$/, /\r\nContent-Length: *2\r\n/i)(seen) && isFramed(seen);
const isFramed: Allowed = (seen) =>
  seen.end === "reset" || toldWith(/\r\n(Content-Length|Transfer-Encoding):/i)(seen);

/** What an origin may say, and what may become of it. */
export const ANSWER_CASES = [
  row(
    "an answer with length and coding",
    "9112 6.3",
    502,
    from("/both"),
    either(badGateway, toldWithout(/\r\nContent-Length: *2\r\n/i)),
  ),
  row("an answer with two lengths", "9112 6.3", 502, from("/two-lengths"), badGateway),
  row("an answer whose length is none", "9112 6.3", 502, from("/no-length"), badGateway),
  row(
    "an answer with space before the colon",
    "9112 5.1",
    502,
    from("/space"),
    either(badGateway, toldWithout(/\r\nX :/i)),
  ),
  row(
    "an answer with a folded line",
    "9112 5.2",
    502,
    from("/folded"),
    either(badGateway, toldWithout(/\r\n[ \t]/)),
  ),
  row(
    "an answer with NUL in a value",
    "9110 5.5",
    502,
    from("/nul"),
    either(badGateway, toldWithout(/\0|\r\nX: a\r/i)),
  ),
  row(
    "an answer that names fields of its connection",
    "9110 7.6.1",
    200,
    from("/named"),
    toldWithout(/X-Mine: 1/i),
  ),
  row("Via for the client", "9110 7.6.3", 200, from("/"), toldWith(/\r\nVia: /i)),
  row("an answer cut short of its length", "9112 8", 200, from("/short"), either(badGateway, brokenOff)),
  row("an answer cut short in chunks", "9112 8", 200, from("/short-chunks"), either(badGateway, brokenOff)),
  row(
    "an answer with a malformed chunk",
    "9112 7.1",
    "reset",
    from("/bad-chunk"),
    either(badGateway, brokenOff),
  ),
  row(
    "an answer with trailers for HTTP/1.0",
    "9112 7.1.2",
    200,
    HTTP_10("/trailers"),
    toldWith(/\r\n\r\nok$/),
  ),
  row("an interim answer", "9110 15.2", 200, from("/interim"), toldWith(/ 103 [^]* 200 /)),
  row("an interim answer for HTTP/1.0", "9110 15.2", 200, HTTP_10("/interim"), toldWithout(/ 103 /)),
];
