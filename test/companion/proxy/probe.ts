/** One case of the probe: bytes to send, and what has to come. */
export interface ProbeCase {
  readonly name: string;
  /** Why it is expected. */
  readonly rfc: string;
  /** `@` stands for the origin's `host:port`. */
  readonly send: string;
  /** The status of the answer. */
  readonly status: number;
}

const get = (fields: string, target = "http://@/") => `GET ${target} HTTP/1.1\r\nHost: @\r\n${fields}\r\n`;
const post = (fields: string, body = "") => `POST http://@/ HTTP/1.1\r\nHost: @\r\n${fields}\r\n${body}`;
const chunked = (body: string) => post("Transfer-Encoding: chunked\r\n", body);
const connect = (target: string, fields = "") => `CONNECT ${target} HTTP/1.1\r\nHost: @\r\n${fields}\r\n`;
const row = (name: string, rfc: string, status: number, send: string): ProbeCase => ({
  name,
  rfc,
  send,
  status,
});

/** What a strict proxy does with what comes over a raw socket. */
export const PROBE: readonly ProbeCase[] = [
  row("a plain request", "9112 3.2.2", 200, get("")),
  row("a request in HTTP/1.0 without Host", "9112 3.2", 200, "GET http://@/ HTTP/1.0\r\n\r\n"),
  row("userinfo in the target", "9110 4.2.4", 200, get("", "http://a:b@@/")),
  row("empty lines before the request", "9112 2.2", 200, `\r\n\r\n${get("")}`),
  row("another Host than the target's", "9112 3.2.2", 200, "GET http://@/ HTTP/1.1\r\nHost: other\r\n\r\n"),
  row("a body with a length", "9112 6.2", 200, post("Content-Length: 2\r\n", "ab")),
  row("a body in chunks", "9112 7.1", 200, chunked("2\r\nab\r\n0\r\n\r\n")),
  row("a chunk with an extension", "9112 7.1.1", 200, chunked("2;a=b\r\nab\r\n0\r\n\r\n")),
  row(
    "OPTIONS with no hop left",
    "9110 7.6.2",
    200,
    "OPTIONS http://@/ HTTP/1.1\r\nHost: @\r\nMax-Forwards: 0\r\n\r\n",
  ),
  row(
    "TRACE with no hop left",
    "9110 9.3.8",
    200,
    "TRACE http://@/ HTTP/1.1\r\nHost: @\r\nMax-Forwards: 0\r\n\r\n",
  ),
  row("CONNECT to an allowed port", "9110 9.3.6", 200, connect("@")),
  row("origin-form", "9112 3.2.2", 400, get("", "/")),
  row("asterisk-form", "9112 3.2.4", 400, "OPTIONS * HTTP/1.1\r\nHost: @\r\n\r\n"),
  row("https", "9110 7.4", 400, get("", "https://@/")),
  row("ftp", "9110 7.4", 400, get("", "ftp://@/")),
  row("an empty host", "9110 4.2.1", 400, get("", "http:///x")),
  row("port 0", "3986 3.2.3", 400, get("", "http://127.0.0.1:0/")),
  row("port 65536", "3986 3.2.3", 400, get("", "http://127.0.0.1:65536/")),
  row("a fragment", "9110 7.1", 400, get("", "http://@/#x")),
  row("no Host", "9112 3.2", 400, "GET http://@/ HTTP/1.1\r\n\r\n"),
  row("two Hosts", "9112 3.2", 400, get("Host: @\r\n")),
  row("a malformed Host", "9112 3.2", 400, "GET http://@/ HTTP/1.1\r\nHost: a b\r\n\r\n"),
  row("an empty Host", "9110 4.2.1", 400, "GET http://@/ HTTP/1.1\r\nHost:\r\n\r\n"),
  row("CONNECT without a port", "9112 3.2.3", 400, connect("127.0.0.1")),
  row("CONNECT with a path", "9112 3.2.3", 400, connect("@/")),
  row("CONNECT with a URL", "9112 3.2.3", 400, connect("http://@")),
  row("CONNECT with userinfo", "9112 3.2.3", 400, connect("a@@")),
  row("CONNECT to port 0", "9110 9.3.6", 400, connect("127.0.0.1:0")),
  row("CONNECT to port 65536", "9110 9.3.6", 400, connect("127.0.0.1:65536")),
  row("CONNECT with content", "9110 9.3.6", 400, connect("@", "Content-Length: 1\r\n")),
  row("CONNECT in chunks", "9110 9.3.6", 400, connect("@", "Transfer-Encoding: chunked\r\n")),
  row("length and coding", "9112 6.3", 400, post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n")),
  row("coding and length", "9112 6.3", 400, post("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n")),
  row("two lengths", "9112 6.3", 400, post("Content-Length: 1\r\nContent-Length: 2\r\n")),
  row("a list of lengths", "9112 6.3", 400, post("Content-Length: 1, 2\r\n")),
  row("a length with a sign", "9110 8.6", 400, post("Content-Length: +1\r\n")),
  row("a negative length", "9110 8.6", 400, post("Content-Length: -1\r\n")),
  row("an empty length", "9110 8.6", 400, post("Content-Length:\r\n")),
  row("a length past all numbers", "9110 8.6", 400, post("Content-Length: 99999999999999999999\r\n")),
  row("a coding that does not end in chunked", "9112 6.3", 400, post("Transfer-Encoding: chunked, gzip\r\n")),
  row("a coding that is not chunked", "9112 6.3", 400, post("Transfer-Encoding: gzip\r\n")),
  row("chunked twice", "9112 7.1", 400, post("Transfer-Encoding: chunked, chunked\r\n")),
  row(
    "a coding in HTTP/1.0",
    "9112 6.1",
    400,
    "POST http://@/ HTTP/1.0\r\nHost: @\r\nTransfer-Encoding: chunked\r\n\r\n",
  ),
  row("a coding that is not known", "9112 6.1", 501, post("Transfer-Encoding: gzip, chunked\r\n")),
  row("space before the colon", "9112 5.1", 400, get("X : a\r\n")),
  row("a folded line", "9112 5.2", 400, get("X: a\r\n b\r\n")),
  row("space before the first field", "9112 2.2", 400, "GET http://@/ HTTP/1.1\r\n X: a\r\nHost: @\r\n\r\n"),
  row("a field without a colon", "9112 5", 400, get("junk\r\n")),
  row("a field without a name", "9112 5", 400, get(": a\r\n")),
  row("NUL in a value", "9110 5.5", 400, get("X: a\0b\r\n")),
  row("NUL in a name", "9110 5.1", 400, get("X\0: a\r\n")),
  row("CR in a value", "9112 2.2", 400, get("X: a\rb\r\n")),
  row("a control character in the target", "3986 2", 400, get("", "http://@/\u0001")),
  row("a space in the target", "9112 3.2", 400, get("", "http://@/a b")),
  row("a tab for a space", "9112 3", 400, "GET\thttp://@/ HTTP/1.1\r\nHost: @\r\n\r\n"),
  row("a method that is not known", "9110 9.1", 501, "BREW http://@/ HTTP/1.1\r\nHost: @\r\n\r\n"),
  row("an expectation that is not known", "9110 10.1.1", 417, get("Expect: tea\r\n")),
  row("HTTP/2.0 in the request line", "9110 15.6.6", 505, "GET http://@/ HTTP/2.0\r\nHost: @\r\n\r\n"),
  row("HTTP/0.9 in the request line", "9110 15.6.6", 505, "GET http://@/ HTTP/0.9\r\nHost: @\r\n\r\n"),
  row("the preface of HTTP/2", "9113 3.4", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  row("fields too large", "6585 5", 431, get(`X: ${"a".repeat(20_000)}\r\n`)),
  row("a private address", "1918", 403, get("", "http://10.0.0.1:8080/")),
  row("a link-local address in hex", "3927", 403, get("", "http://0xa9fea9fe/")),
  row("CONNECT to a private address", "1918", 403, connect("192.168.0.1:443")),
  row("CONNECT to a port that is not open", "9110 9.3.6", 403, connect("127.0.0.1:25")),
];
