import { connect, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { createLog } from "../../../../companion/log.ts";
import { resetSocket } from "../../../../companion/proxy/reset-socket.ts";
import { seededDice, type Dice } from "../../../support/random.ts";
import { until } from "../../../e2e/product.ts";
import { entriesOf, surroundings } from "../../surroundings.ts";
import { proxyWith, rawOrigin } from "../proxy-with.ts";
import { faultOfAnswers, faultOfRequests } from "./faults.ts";
import { ANSWERS, REQUESTS } from "./messages.ts";
import { mutate, ORIGIN_NAME, split, staysHere } from "./mutate.ts";

/** Which seeds to play, and how many at once. */
export interface FuzzOrder {
  readonly first: number;
  readonly count: number;
  readonly atOnce: number;
}

/** What is seen of a run that found no fault. */
export interface FuzzSights {
  /** Answers by their status. */
  readonly statuses: ReadonlyMap<string, number>;
  /** How many requests reached the origin. */
  readonly forwarded: number;
}

/**
 * Sends mutated requests in random pieces through a proxy to an origin that answers with mutated answers, and leaves at
 * any moment. What reaches the origin has one reading, so has what reaches the client, nothing fails inside the proxy,
 * and nothing is left open.
 *
 * @throws Naming the seed and the bytes.
 */
export async function fuzzProxy(
  { first, count, atOnce }: FuzzOrder,
  onProgress: (played: number) => void = () => undefined,
): Promise<FuzzSights> {
  const around = surroundings();
  let broken: string | undefined;
  const statuses = new Map<string, number>();
  let forwarded = 0;
  let originSeed = first;
  const faults: string[] = [];
  await using origin = await rawOrigin((socket) => void answerOddly(socket, seededDice(originSeed++), note));
  const port = Number(origin.place.split(":")[1]);
  await using proxy = await proxyWith(
    {
      ports: [[port, port]],
      connectPorts: [[port, port]],
      headersMs: 1_000,
      idleMs: 500,
      halfClosedMs: 200,
      perAddress: 2_000,
    },
    {
      ...around,
      log: createLog("info", { write: (line) => void (broken ??= isBroken(line) ? line : undefined) }),
      resolve: async (name) =>
        await (name === ORIGIN_NAME
          ? Promise.resolve(["127.0.0.1"])
          : Promise.reject(new Error("not found"))),
    },
  );
  function note(asked: string): void {
    forwarded += 1;
    const fault = faultOfRequests(asked);
    if (fault !== undefined) faults.push(`the origin was sent ${fault}: ${JSON.stringify(asked)}`);
  }
  let next = first;
  const play = async () => {
    while (next < first + count && faults.length === 0) {
      const seed = next++;
      const dice = seededDice(seed);
      const text = mutate(dice, dice.pick(REQUESTS).replaceAll("@", `${ORIGIN_NAME}:${port}`));
      if (staysHere(text)) {
        const answer = await exchange(dice, proxy.address, text);
        const fault = faultOfAnswers(answer);
        if (fault !== undefined) faults.push(`seed ${seed}: ${fault}: ${JSON.stringify([text, answer])}`);
        const status = answer.slice(9, 12);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      onProgress(seed - first + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, play));
  if (broken !== undefined) faults.push(`the proxy failed: ${broken}`);
  if (faults[0] !== undefined) throw new Error(faults[0]);
  const left = () => ["proxy", "request", "tunnel"].flatMap((kind) => entriesOf(around, kind));
  await until(() => left().length === 0);
  return { statuses, forwarded };
}

/** Whether a line of the log tells of a fault of the proxy's own. */
function isBroken(line: string): boolean {
  return line.includes('"kind":"internal"') || line.includes('"level":50');
}

/** Sends a text piece by piece, and leaves whenever the dice say so. @returns What came. */
async function exchange(dice: Dice, address: string, text: string): Promise<string> {
  const socket = connect({ port: Number(address.split(":")[1]), host: "127.0.0.1", allowHalfOpen: true });
  const closed = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  let answer = "";
  socket.on("data", (bytes: Buffer) => {
    answer += bytes.toString("latin1");
    answered.resolve();
  });
  // However it ends, what came before is what is judged.
  socket.on("error", () => undefined).once("close", () => closed.resolve());
  socket.on("end", () => socket.end());
  for (const piece of split(dice, text)) {
    socket.write(piece, "latin1");
    if (!dice.oneIn(3)) await setImmediate();
  }
  if (!dice.oneIn(4)) await Promise.race([answered.promise, closed.promise]);
  for (let turns = dice.between(0, 10); turns > 0 && !socket.destroyed; turns -= 1) await setImmediate();
  dice.pick([() => socket.end(), () => socket.destroy(), () => resetSocket(socket)])();
  await closed.promise;
  return answer;
}

/** Answers whatever comes with something mutated. */
async function answerOddly(socket: Socket, dice: Dice, note: (asked: string) => void): Promise<void> {
  let asked = "";
  socket.on("data", (bytes: Buffer) => (asked += bytes.toString("latin1")));
  socket.on("end", () => socket.end());
  socket.once("close", () => note(asked));
  for (let round = 0; round < 3 && !socket.destroyed; round += 1) {
    for (let turns = dice.between(0, 4); turns > 0; turns -= 1) await setImmediate();
    for (const piece of split(dice, mutate(dice, dice.pick(ANSWERS)))) {
      if (socket.writable) socket.write(piece, "latin1");
      if (!dice.oneIn(3)) await setImmediate();
    }
    if (dice.oneIn(3)) break;
  }
  dice.pick([() => socket.end(), () => socket.end(), () => resetSocket(socket)])();
}
