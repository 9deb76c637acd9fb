import { get, row } from "./probe-case.ts";
import {
  type Allowed,
  either,
  keptHere,
  refused,
  served,
  servedWith,
  servedWithout,
  status,
} from "./seen.ts";

const connect = (target: string, fields = "") => `CONNECT ${target} HTTP/1.1\r\nHost: @\r\n${fields}\r\n`;
const HOST_OF_TARGET = /\r\nHost: 127\.0\.0\.1:\d+\r\n/i;
/** A proxy may speak other protocols; but what is meant for them does not go out in this one. */
const notAsHttp: Allowed = ({ asked }) => !/ HTTP\/1/.test(asked);
/** No rule says to refuse a version; each sends its own (RFC 9110 §6.2). */
const asOurVersion = servedWith(/^GET \S+ HTTP\/1\.[01]\r/);

/** What is asked for, and in which words. */
export const TARGET_CASES = [
  row("a plain request", "9112 3.2.2", 200, get(""), servedWith(/^GET \/ HTTP\/1/, HOST_OF_TARGET)),
  row("a request in HTTP/1.0 without Host", "9112 3.2", 200, "GET http://@/ HTTP/1.0\r\n\r\n", served),
  row("empty lines before the request", "9112 2.2", 200, `\r\n\r\n${get("")}`, served),
  row(
    "another Host than the target's",
    "9112 3.2.2",
    200,
    "GET http://@/ HTTP/1.1\r\nHost: other\r\n\r\n",
    servedWith(HOST_OF_TARGET),
  ),
  row(
    "userinfo in the target",
    "9110 4.2.4",
    200,
    get("", "http://a:b\\@@/"),
    either(refused, servedWithout(/a:b@/)),
  ),
  row("origin-form", "9112 3.2.2", 400, get("", "/"), keptHere),
  row("asterisk-form", "9112 3.2.4", 400, "OPTIONS * HTTP/1.1\r\nHost: @\r\n\r\n", keptHere),
  row("https", "9110 7.4", 400, get("", "https://@/"), either(refused, notAsHttp)),
  row("ftp", "9110 7.4", 400, get("", "ftp://@/"), either(refused, notAsHttp)),
  row("an empty host", "9110 4.2.1", 400, get("", "http:///x"), refused),
  row("port 0", "3986 3.2.3", 400, get("", "http://127.0.0.1:0/"), refused),
  row("port 65536", "3986 3.2.3", 400, get("", "http://127.0.0.1:65536/"), refused),
  row("a fragment", "9112 3.2", 400, get("", "http://@/#x"), refused),
  row("a control character in the target", "9112 3.2", 400, get("", "http://@/\u0001"), refused),
  row("a space in the target", "9112 3.2", 400, get("", "http://@/a b"), refused),
  // §3 lets a server take any white space for a space.
  row(
    "a tab for a space",
    "9112 3",
    400,
    "GET\thttp://@/ HTTP/1.1\r\nHost: @\r\n\r\n",
    either(refused, served),
  ),
  // Whoever knows no method may still pass it on.
  row(
    "a method that is not known",
    "9110 9.1",
    501,
    "BREW http://@/ HTTP/1.1\r\nHost: @\r\n\r\n",
    either(refused, served),
  ),
  row(
    "HTTP/2.0 in the request line",
    "9110 15.6.6",
    505,
    "GET http://@/ HTTP/2.0\r\nHost: @\r\n\r\n",
    either(refused, asOurVersion),
  ),
  row(
    "HTTP/0.9 in the request line",
    "9110 15.6.6",
    505,
    "GET http://@/ HTTP/0.9\r\nHost: @\r\n\r\n",
    either(refused, asOurVersion),
  ),
  row("the preface of HTTP/2", "9113 3.4", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", refused),
  row("no Host", "9112 3.2", 400, "GET http://@/ HTTP/1.1\r\n\r\n", status(400)),
  row("two Hosts", "9112 3.2", 400, get("Host: @\r\n"), status(400)),
  row("a malformed Host", "9112 3.2", 400, "GET http://@/ HTTP/1.1\r\nHost: a b\r\n\r\n", status(400)),
  // A target without authority has one, so its grammar lets it be; what goes on is the target's.
  row(
    "an empty Host",
    "9112 3.2.2",
    400,
    "GET http://@/ HTTP/1.1\r\nHost:\r\n\r\n",
    either(refused, servedWith(HOST_OF_TARGET)),
  ),
  row("CONNECT", "9110 9.3.6", 200, connect("@"), served),
  row("CONNECT without a port", "9110 9.3.6", 400, connect("127.0.0.1"), refused),
  row("CONNECT to port 0", "9110 9.3.6", 400, connect("127.0.0.1:0"), refused),
  row("CONNECT to port 65536", "9110 9.3.6", 400, connect("127.0.0.1:65536"), refused),
  row("CONNECT with a path", "9112 3.2.3", 400, connect("@/"), refused),
  row("CONNECT with a URL", "9112 3.2.3", 400, connect("http://@"), refused),
  row("CONNECT with userinfo", "9112 3.2.3", 400, connect("a\\@@"), refused),
  // It has none, so the fields mean nothing; but whoever takes them at their word reads another message.
  row(
    "CONNECT with content",
    "9110 9.3.6",
    400,
    connect("@", "Content-Length: 1\r\n"),
    either(refused, served),
  ),
  row(
    "CONNECT in chunks",
    "9110 9.3.6",
    400,
    connect("@", "Transfer-Encoding: chunked\r\n"),
    either(refused, served),
  ),
  row("a private address", "1918", 403, get("", "http://10.0.0.1:8080/"), "ours"),
  row("a link-local address in hex", "3927", 403, get("", "http://0xa9fea9fe/"), "ours"),
  row("CONNECT to a private address", "1918", 403, connect("192.168.0.1:443"), "ours"),
  row("CONNECT to a port that is not open", "9110 9.3.6", 403, connect("127.0.0.1:25"), "ours"),
];
