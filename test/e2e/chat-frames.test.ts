import { once } from "node:events";
import { afterAll, describe, expect, it } from "vitest";
import { SUBPROTOCOL } from "../../src/chat/wire.ts";
import { clientOf } from "../chat/socket-client.ts";
import { frameOf, rawSocket } from "../support/raw-socket.ts";
import { startWorker } from "../support/worker.ts";

const TEXT = 1;
const BINARY = 2;

const worker = await startWorker({ AUTH: "open", ALLOW_LOOPBACK: "1", LOG: "problems" });
afterAll(async () => await worker[Symbol.asyncDispose]());

const room = `${worker.url}/v1/rooms/frames`;

async function enter(name: string) {
  const socket = new WebSocket(room.replace("http", "ws"), SUBPROTOCOL);
  const client = clientOf(socket);
  await once(socket, "open");
  client.hello(name);
  await client.next("welcome");
  return client;
}

describe("a room, sent what no client sends", () => {
  it.each([
    ["a binary frame", () => frameOf(BINARY, Buffer.from("{}"))],
    ["text that is no UTF-8", () => frameOf(TEXT, Buffer.from([0x22, 0xc3, 0x28, 0xff, 0x22]))],
    ["33 MiB of text", () => frameOf(TEXT, Buffer.alloc(33 * 1024 * 1024, "a"))],
    ["bytes that are no frames", () => Buffer.alloc(1_000, 0xff)],
  ])("stays for the others after %s", async (_, bytes) => {
    const ann = await enter("ann");
    const socket = await rawSocket(room, SUBPROTOCOL);
    // A connection may be reset while we write.
    socket.on("error", () => undefined);
    await new Promise<void>((resolve) => socket.write(bytes(), () => resolve()));
    ann.say({ t: "send", id: "1", text: "still here" });
    expect(await ann.next("ok")).toMatchObject({ id: "1" });
    ann.say({ t: "leave" });
    expect(await ann.closed).toBe(1000);
    socket.destroy();
  });

  it("goes on after a frame of 1 MiB, and says what the most is", async () => {
    const ann = await enter("ann");
    ann.raw("a".repeat(1024 * 1024));
    expect(await ann.next("err")).toMatchObject({
      code: "bad-frame",
      message: expect.stringContaining("8192 bytes"),
    });
    ann.say({ t: "send", id: "2", text: "still here" });
    expect(await ann.next("ok")).toMatchObject({ id: "2" });
    ann.close();
  });
});
