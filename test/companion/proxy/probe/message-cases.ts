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

const post = (fields: string, body = "", version = "1.1") =>
  `POST http://@/ HTTP/${version}\r\nHost: @\r\n${fields}\r\n${body}`;
const chunked = (body: string) => post("Transfer-Encoding: chunked\r\n", body);
const noHop = (method: string) => `${method} http://@/ HTTP/1.1\r\nHost: @\r\nMax-Forwards: 0\r\n\r\n`;
const BOTH = "0\r\n\r\n";

/** A length may be asked for where none is said (RFC 9112 §6.3). */
const servedInChunks = either(servedWith(/\r\n\r\n(2(;[^\r\n]*)?\r\n)?ab/), status(411));
/** The length goes, and so does the connection: nobody after us shall read it by that. */
const byCodingAlone: Allowed = (seen) =>
  servedWithout(/\r\ncontent-length:(?! *0\r)/i)(seen) && seen.end !== "open";

/** It has no bound in the grammar: whoever hands bytes on need not understand it. */
const sentAsItIs: Allowed = ({ asked }) => /\r\nContent-Length: 99999999999999999999\r\n/i.test(asked);

/** Fields and bodies, and where they end. */
export const MESSAGE_CASES = [
  row("a body with a length", "9112 6.2", 200, post("Content-Length: 2\r\n", "ab"), servedWith(/\r\n\r\nab/)),
  row("a body in chunks", "9112 7.1", 200, chunked("2\r\nab\r\n0\r\n\r\n"), servedInChunks),
  row("a chunk with an extension", "9112 7.1.1", 200, chunked("2;a=b\r\nab\r\n0\r\n\r\n"), servedInChunks),
  row("a malformed chunk", "9112 7.1", 400, chunked("g\r\nab\r\n0\r\n\r\n"), refused),
  row("a chunk longer than it says", "9112 7.1", 400, chunked("1\r\nab\r\n0\r\n\r\n"), refused),
  row(
    "length and coding",
    "9112 6.3",
    400,
    post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", BOTH),
    either(refused, byCodingAlone),
  ),
  row(
    "coding and length",
    "9112 6.3",
    400,
    post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", BOTH),
    either(refused, byCodingAlone),
  ),
  row("two lengths", "9112 6.3", 400, post("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"), refused),
  row("a list of lengths", "9112 6.3", 400, post("Content-Length: 1, 2\r\n", "ab"), refused),
  row("a length with a sign", "9112 6.3", 400, post("Content-Length: +1\r\n", "a"), refused),
  row("a negative length", "9112 6.3", 400, post("Content-Length: -1\r\n"), refused),
  row("an empty length", "9112 6.3", 400, post("Content-Length:\r\n"), refused),
  row(
    "a length past all numbers",
    "9110 8.6",
    400,
    post("Content-Length: 99999999999999999999\r\n"),
    either(refused, sentAsItIs),
  ),
  row(
    "a coding that does not end in chunked",
    "9112 6.3",
    400,
    post("Transfer-Encoding: chunked, gzip\r\n"),
    refused,
  ),
  row("a coding that is not chunked", "9112 6.3", 400, post("Transfer-Encoding: gzip\r\n"), refused),
  row("chunked twice", "9112 7.1", 400, post("Transfer-Encoding: chunked, chunked\r\n", BOTH), refused),
  row(
    "a coding that is not known",
    "9112 6.1",
    501,
    post("Transfer-Encoding: gzip, chunked\r\n", BOTH),
    refused,
  ),
  row(
    "a coding in HTTP/1.0",
    "9112 6.1",
    400,
    post("Transfer-Encoding: chunked\r\n", BOTH, "1.0"),
    either(refused, (seen) => served(seen) && seen.end !== "open"),
  ),
  row("space before the colon", "9112 5.1", 400, get("X : a\r\n"), status(400)),
  row("a folded line", "9112 5.2", 400, get("X: a\r\n b\r\n"), either(refused, servedWithout(/\r\n[ \t]/))),
  row(
    "space before the first field",
    "9112 2.2",
    400,
    "GET http://@/ HTTP/1.1\r\n X: a\r\nHost: @\r\n\r\n",
    either(refused, servedWithout(/\r\n[ \t]/)),
  ),
  row("a field without a colon", "9112 5", 400, get("junk\r\n"), refused),
  row("a field without a name", "9112 5", 400, get(": a\r\n"), refused),
  row("NUL in a value", "9110 5.5", 400, get("X: a\0b\r\n"), either(refused, servedWithout(/\0|X: a\r/i))),
  row("NUL in a name", "9110 5.1", 400, get("X\0: a\r\n"), refused),
  row("CR in a value", "9110 5.5", 400, get("X: a\rb\r\n"), either(refused, servedWithout(/\r[^\n]/))),
  row("fields too large", "6585 5", 431, get(`X: ${"a".repeat(20_000)}\r\n`), either(refused, served)),
  row(
    "an expectation that is not known",
    "9110 10.1.1",
    417,
    get("Expect: tea\r\n"),
    either(refused, served),
  ),
  row("OPTIONS with no hop left", "9110 7.6.2", 200, noHop("OPTIONS"), keptHere),
  row("TRACE with no hop left", "9110 7.6.2", 200, noHop("TRACE"), keptHere),
  row(
    "OPTIONS with two hops left",
    "9110 7.6.2",
    200,
    "OPTIONS http://@/ HTTP/1.1\r\nHost: @\r\nMax-Forwards: 2\r\n\r\n",
    servedWith(/\r\nMax-Forwards: 1\r\n/i),
  ),
  row(
    "a field that Connection names",
    "9110 7.6.1",
    200,
    get("Connection: X-Mine\r\nX-Mine: 1\r\n"),
    servedWithout(/X-Mine/i),
  ),
  { ...row("a client that ends its half at once", "9112 9.6", 200, get(""), served), isLast: true },
  row("Via for the origin", "9110 7.6.3", 200, get(""), servedWith(/\r\nVia: /i)),
];
