import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { startTelnet } from "../../../companion/telnet/telnet.ts";
import { rawClient } from "../raw-client.ts";
import { surroundings } from "../surroundings.ts";

const [IAC, AYT, DO, WILL, WONT, TIMING_MARK, ECHO, INTERRUPT] = [
  255, 246, 253, 251, 252, 6, 1, 244,
] as const;

describe("startTelnet", () => {
  it("speaks telnet with whoever does, and says that the Worker is out of reach", async () => {
    const asked: unknown[] = [];
    const worker = createServer().on("upgrade", ({ url, headers }, socket) => {
      asked.push({ url, token: headers.authorization, protocol: headers["sec-websocket-protocol"] });
      socket.destroy();
    });
    await once(worker.listen(0, "127.0.0.1"), "listening");
    const { port } = worker.address() as AddressInfo; // it listens at a port
    await using service = await startTelnet(
      {
        host: "127.0.0.1",
        port: 0,
        lang: "en",
        url: `http://127.0.0.1:${port}`,
        token: "mf_secret",
        room: "lobby",
        connections: 9,
        perAddress: 9,
        idleMs: 600_000,
      },
      surroundings(),
    );
    using client = await rawClient(service.address);
    await client.hear("Your nickname: ");
    client.say(Buffer.from([IAC, DO, ECHO, IAC, DO, TIMING_MARK, IAC, AYT]));
    await client.hear(Buffer.from([IAC, WONT, ECHO, IAC, WILL, TIMING_MARK]).toString("latin1"));
    await client.hear("[Yes]\r\n");
    client.say("An\r\0");
    await client.hear("(The room is out of reach; trying again");
    worker.close();
    expect(asked[0]).toEqual({ url: "/v1/rooms/lobby", token: "Bearer mf_secret", protocol: "chat.v1" });
    client.say("/quit\r\n");
    await client.hear("Bye!\r\n");
    expect(await client.end()).not.toContain("Welcome");
    using other = await rawClient(service.address);
    other.say(Buffer.from([IAC, INTERRUPT]));
    expect(await other.end()).toBe("Your nickname: ");
  });
});
