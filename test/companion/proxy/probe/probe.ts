import { connect } from "node:net";
import { rawOrigin } from "../proxy-with.ts";
import { ANSWER_CASES, ODD_ANSWERS } from "./answer-cases.ts";
import { MESSAGE_CASES } from "./message-cases.ts";
import type { ProbeCase } from "./probe-case.ts";
import type { Allowed, Seen } from "./seen.ts";
import { TARGET_CASES } from "./target-cases.ts";

/** What a strict proxy does with what comes over a raw socket, and with what comes back. */
export const PROBE: readonly ProbeCase[] = [...TARGET_CASES, ...MESSAGE_CASES, ...ANSWER_CASES];

/** Starts an origin that keeps what it is sent, and answers any request with `ok`, or as its path says. */
async function probedOrigin() {
  let asked = "";
  const origin = await rawOrigin((socket) => {
    let text = "";
    socket.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
      asked += bytes.toString("latin1");
      if (!isWhole(text)) return;
      const [, path = ""] = /^\S+ (\S+)/.exec(text) ?? [];
      text = "";
      socket.end(ODD_ANSWERS[path] ?? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    });
  });
  return {
    place: origin.place,
    get asked() {
      return asked;
    },
    [Symbol.asyncDispose]: async () => await origin[Symbol.asyncDispose](),
  };
}

/**
 * Sends the bytes of a case to a proxy, and looks at both ends until what is seen is right, or too much time has passed.
 *
 * @param isRight Asked as soon as an answer is whole, or the connection has ended.
 */
export async function probe(
  { send, isLast = false }: ProbeCase,
  proxy: { readonly host: string; readonly port: number },
  isRight: Allowed,
  patienceMs: number,
): Promise<Seen> {
  await using origin = await probedOrigin();
  // Halves of a connection end one by one, so that whoever closes is seen to.
  const socket = connect({ ...proxy, allowHalfOpen: true });
  let answer = "";
  let end: Seen["end"] = "open";
  const done = Promise.withResolvers<void>();
  const seen = (): Seen => {
    const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(withoutInterim(answer)) ?? [];
    return { status: status === undefined ? undefined : Number(status), answer, asked: origin.asked, end };
  };
  const look = () => {
    if ((end !== "open" || isWhole(withoutInterim(answer))) && isRight(seen())) done.resolve();
  };
  const onEnd = (how: Seen["end"]) => () => {
    if (end === "open") end = how;
    look();
  };
  socket.on("error", onEnd("reset")).on("end", onEnd("closed"));
  socket.on("data", (bytes: Buffer) => {
    answer += bytes.toString("latin1");
    look();
  });
  socket.write(bytesOf(send, origin.place), "latin1");
  if (isLast) socket.end();
  const timer = setTimeout(done.resolve, patienceMs);
  await done.promise;
  clearTimeout(timer);
  socket.destroy();
  return seen();
}

function bytesOf(send: string, place: string): string {
  return send.replaceAll("\\@", "\u0002").replaceAll("@", place).replaceAll("\u0002", "@");
}

function withoutInterim(answer: string): string {
  return answer.replace(/^(HTTP\/1\.1 1\d\d [^]*?\r\n\r\n)+/, "");
}

/** Whether a message has come to its end, read with good will: it is no judge. */
function isWhole(text: string): boolean {
  const at = text.indexOf("\r\n\r\n");
  if (at === -1) return false;
  const head = text.slice(0, at);
  const body = text.slice(at + 4);
  if (/\r\ntransfer-encoding:/i.test(head)) return /(^|\n)0\r\n([^]*\r\n)?\r\n$/.test(body);
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
  return body.length >= Number(length ?? 0);
}
