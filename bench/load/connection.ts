import { once } from "node:events";
import { connect } from "node:net";
import { answerCheck } from "./check-answer.ts";
import type { LoadOrder } from "./load.ts";
import { type Answer, responseReader } from "./response-reader.ts";

const PATIENCE_MS = 10_000;

/** A connection that is kept from call to call. */
export interface Connection extends Disposable {
  /**
   * Gets what it was opened for. One call at a time.
   *
   * @returns What is wrong with the answer, if anything is.
   * @throws When the connection is lost.
   */
  get(): Promise<string | undefined>;
}

/** Opens all connections of an order; disposing of the stack closes them. */
export async function openConnections(
  { url, expected, connections }: Pick<LoadOrder, "url" | "expected" | "connections">,
  stack: DisposableStack,
): Promise<readonly Connection[]> {
  const pattern = JSON.stringify(expected);
  const open = async (_: unknown, index: number) => {
    const fill = (text: string) => text.replaceAll("{}", String(index));
    return stack.use(await openConnection(new URL(fill(url)), JSON.parse(fill(pattern))));
  };
  return await Promise.all(Array.from({ length: connections }, open));
}

/**
 * Connects to a server on this machine, to get one path over and over. Made to cost as little as it can, because what
 * the load takes of the machine is missing to those who are measured.
 */
async function openConnection(
  { hostname, port, host, pathname, search }: URL,
  expected: unknown,
): Promise<Connection> {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, "connect");
  const request = Buffer.from(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const read = responseReader();
  const check = answerCheck(expected);
  let waiting: PromiseWithResolvers<Answer> | undefined;
  socket.on("data", (piece: Buffer) => {
    const answer = read(piece);
    if (answer !== undefined) waiting?.resolve(answer);
  });
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error(`No answer came for ${PATIENCE_MS} ms`)));
  socket.on("error", (error) => waiting?.reject(error));
  socket.on("close", () =>
    waiting?.reject(new Error("The connection was closed before the answer was whole")),
  );
  return {
    async get() {
      waiting = Promise.withResolvers();
      socket.write(request);
      return check(await waiting.promise);
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}
