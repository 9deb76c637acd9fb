import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Message, SUBPROTOCOL } from "../../src/chat/wire.ts";
import { clientOf, type SocketClient } from "../chat/socket-client.ts";
import { type Product, startProduct } from "./product.ts";

const CLIENTS = 50;
/** As many as a connection may say at once. */
const EACH = 10;
/** `npm run nightly` plays more. */
const ROUNDS = Number(process.env["KILL_ROUNDS"] ?? 2);
const ROUND_PATIENCE_MS = 150_000;

async function connect(url: string, search = ""): Promise<SocketClient> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/v1/rooms/e2e${search}`, SUBPROTOCOL);
  const client = clientOf(socket);
  await Promise.race([
    once(socket, "open"),
    once(socket, "error").then(() => {
      throw new Error("The connection was refused");
    }),
  ]);
  return client;
}

async function wholeLog(url: string): Promise<readonly Message[]> {
  const all: Message[] = [];
  for (let more = true; more;) {
    const after = all.at(-1)?.seq ?? 0;
    const response = await fetch(`${url}/v1/rooms/e2e/messages?after=${after}&limit=100`);
    const page = (await response.json()) as { readonly items: readonly Message[]; readonly more: boolean };
    all.push(...page.items);
    more = page.more;
  }
  return all;
}

/** Ends the runtime and all around it, with no chance to do anything about it. */
async function kill(product: Product): Promise<void> {
  process.kill(-(product.child.pid ?? Number.NaN), "SIGKILL");
  await once(product.child, "exit");
}

/** Everyone says what they have to say and have not been told of; ends when enough has been acknowledged in all. */
async function sayAll(url: string, round: number, told: Set<string>, enough: number): Promise<void> {
  const clients = await Promise.all(Array.from({ length: CLIENTS }, async () => await connect(url)));
  let onEnough: () => void = () => undefined;
  const hasEnough = new Promise<void>((resolve) => (onEnough = resolve));
  await Promise.all(
    clients.map(async (client, index) => {
      client.hello(`client-${index}`);
      await client.next("welcome");
    }),
  );
  const listen = async (client: SocketClient, index: number) => {
    for (;;) {
      const { id } = await client.next("ok");
      told.add(`${index}/${id}`);
      if (told.size >= enough) onEnough();
    }
  };
  for (const [index, client] of clients.entries()) {
    void listen(client, index);
    for (let count = 0; count < EACH; count += 1) {
      const id = `${round}-${count}`;
      // The same again after a kill: whoever does not know whether it arrived, says it once more.
      if (!told.has(`${index}/${id}`)) client.say({ t: "send", id, text: `${index}/${id}` });
    }
  }
  // Whoever acknowledges nothing is closed in the end, on a machine where all this takes long.
  const acks = setInterval(() => {
    for (const client of clients) {
      const last = client.messages().at(-1);
      if (last !== undefined) client.say({ t: "ack", seq: last.seq });
    }
  }, 2_000);
  await hasEnough;
  clearInterval(acks);
}

describe("a room, when the runtime is killed while clients send", () => {
  it(
    "has each acknowledged message once, and each message once when all are sent again",
    async () => {
      const stateDir = await mkdtemp(join(tmpdir(), "manifold-chat-"));
      const environment = { STATE_DIR: stateDir };
      const told = new Set<string>();
      let product = await startProduct(environment);
      try {
        for (let round = 0; round < ROUNDS; round += 1) {
          const before = round * CLIENTS * EACH;
          await sayAll(product.url, round, told, before + 100);
          await kill(product);
          const acknowledged = new Set(told);
          product = await startProduct(environment);
          const kept = (await wholeLog(product.url)).map(({ text }) => text);
          expect(new Set(kept).size).toBe(kept.length);
          expect([...acknowledged].filter((text) => !kept.includes(text))).toEqual([]);

          await sayAll(product.url, round, told, before + CLIENTS * EACH);
          const log = await wholeLog(product.url);
          expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
          expect(new Set(log.map(({ text }) => text))).toEqual(told);
          expect(log).toHaveLength(told.size);
        }
      } finally {
        await product[Symbol.asyncDispose]();
        await rm(stateDir, { recursive: true, force: true });
      }
    },
    ROUNDS * ROUND_PATIENCE_MS,
  );

  it("lets a browser's ticket in once", async () => {
    await using product = await startProduct();
    const response = await fetch(`${product.url}/v1/rooms/e2e/tickets`, { method: "POST" });
    const { ticket } = (await response.json()) as { readonly ticket: string };
    const client = await connect(product.url, `?ticket=${ticket}`);
    client.hello("ann");
    expect(await client.next("welcome")).toMatchObject({ name: "ann", seq: 0 });
    await expect(connect(product.url, `?ticket=${ticket}`)).rejects.toBeDefined();
    client.close();
  });
});
