import { isIP } from "node:net";
import { readAuthority, readTarget } from "../../../../companion/proxy/rules/target.ts";
import type { Dice } from "../../../support/random.ts";

/** The only name that the world of the fuzz resolves. */
export const ORIGIN_NAME = "origin.test";

/** What often makes readers disagree. */
const ODDITIES = [
  "\r\n",
  "\n",
  "\r",
  "\0",
  " ",
  "\t",
  ":",
  ",",
  ";",
  "Transfer-Encoding: chunked\r\n",
  "Transfer-Encoding: gzip, chunked\r\n",
  "Content-Length: 3\r\n",
  "Content-Length: 00\r\n",
  "Connection: close\r\n",
  "Connection: Content-Length, Host\r\n",
  "Connection: Upgrade\r\nUpgrade: websocket\r\n",
  "Expect: 100-continue\r\n",
  "Trailer: X\r\n",
  "0\r\n\r\n",
  "fffffffff\r\n",
  "HTTP/1.1 100 Continue\r\n\r\n",
  "HTTP/1.0",
  " HTTP/1.1\r\n",
  "\u00ff",
] as const;

/** Changes a message in up to five places. */
export function mutate(dice: Dice, text: string): string {
  let mutated = text;
  for (let left = dice.between(0, 5); left > 0; left -= 1) {
    const at = dice.between(0, mutated.length);
    const end = Math.min(mutated.length, at + dice.between(0, dice.oneIn(4) ? 40 : 3));
    const [before, within, after] = [mutated.slice(0, at), mutated.slice(at, end), mutated.slice(end)];
    mutated = dice.pick([
      () => before + after,
      () => before + within + within + after,
      () => before + dice.pick(ODDITIES) + within + after,
      () => before + dice.pick(ODDITIES) + after,
      () => before + String.fromCharCode(dice.between(0, 255)) + after,
      () => before + swapCase(within) + after,
      () => mutated + mutated.slice(at),
    ])();
  }
  return mutated.slice(0, 20_000);
}

/** Whether nothing in it could lead anywhere but to this machine: a literal address would need no resolver. */
export function staysHere(text: string): boolean {
  const targets = [...text.matchAll(/http:\/\/[^\s]*|CONNECT [^\s]*/gi)].map(([target]) => target);
  return targets.every((target) => {
    const read = /^connect /i.test(target) ? readAuthority(target.slice(8)) : readTarget("GET", target);
    return !read.ok || isIP(read.value.hostname.replace(/^\[(.*)\]$/, "$1")) === 0;
  });
}

/** Splits a text in up to eight pieces. */
export function split(dice: Dice, text: string): readonly string[] {
  const borders = Array.from({ length: dice.between(0, 7) }, () => dice.between(0, text.length));
  const sorted = [0, ...borders.toSorted((a, b) => a - b), text.length];
  return sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
}

function swapCase(text: string): string {
  const lower = text.toLowerCase();
  return lower === text ? text.toUpperCase() : lower;
}
