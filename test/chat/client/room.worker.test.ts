import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { type Chat, connectChat } from "../../../src/chat/client.ts";
import type { ClientSocket, SocketConstructor } from "../../../src/chat/client/socket.ts";
import { DEFAULT_SETTINGS } from "../../../src/chat/settings.ts";
import { openRooms } from "../../../src/rooms.ts";

/** What opens sockets to a room's object, without the way there. */
function socketsTo(name: string): SocketConstructor {
  const room = openRooms(env.CHAT_ROOMS, env.CHAT_RELAYS, DEFAULT_SETTINGS)(name);
  return class implements ClientSocket {
    readonly #events = new EventTarget();
    #socket: WebSocket | undefined;

    constructor() {
      void this.#open();
    }

    async #open(): Promise<void> {
      const { webSocket } = await room.connect(undefined);
      if (webSocket === null) throw new Error("Expected a WebSocket, got none");
      this.#socket = webSocket;
      webSocket.addEventListener("message", ({ data }) => {
        this.#events.dispatchEvent(new MessageEvent("message", { data }));
      });
      webSocket.addEventListener("close", ({ code, reason }) => {
        this.#events.dispatchEvent(new CloseEvent("close", { code, reason }));
      });
      webSocket.accept();
      this.#events.dispatchEvent(new Event("open"));
    }

    send(data: string): void {
      this.#socket?.send(data);
    }

    close(): void {
      this.#socket?.close(1000);
    }

    addEventListener(type: string, listener: (event: never) => void): void {
      // What is dispatched above has what is listened for.
      this.#events.addEventListener(type, listener as (event: Event) => void);
    }
  };
}

/** Reads so many messages. */
async function texts(chat: Chat, count: number): Promise<readonly string[]> {
  const read: string[] = [];
  for await (const event of chat) {
    if (event.type === "message") read.push(event.message.text);
    if (read.length === count) break;
  }
  return read;
}

describe("connectChat, to a real room", () => {
  it("brings everybody the same, and sends exactly once over a loss of every socket", async () => {
    const name = "client-and-room";
    // Comes back at once.
    const options = { url: "ws://room", WebSocket: socketsTo(name), random: () => 0 };
    await using ann = connectChat({ ...options, name: "Ann" });
    await using bob = connectChat({ ...options, name: "Bob" });
    const reading = Promise.all([texts(ann, 3), texts(bob, 3)]);
    for await (const event of bob) if (event.type === "welcome") break;
    await ann.send("one");
    const object = env.CHAT_ROOMS.getByName(name);
    const sending = ann.send("two");
    await evictDurableObject(object, { webSockets: "close" });
    const second = await sending;
    const third = await bob.send("three");
    expect(third.seq).toBe(second.seq + 1);
    const [byAnn, byBob] = await reading;
    expect(byAnn).toEqual(["one", "two", "three"]);
    expect(byBob).toEqual(byAnn);
    expect((await ann.history()).items.map(({ text }) => text)).toEqual(byAnn);
  });
});
