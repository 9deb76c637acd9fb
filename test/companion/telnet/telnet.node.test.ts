import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { startTelnet } from "../../../companion/telnet/telnet.ts";
import { until } from "../../e2e/product.ts";
import { rawClient } from "../raw-client.ts";
import { entriesOf, surroundings } from "../surroundings.ts";

const [IAC, AYT, DO, WILL, WONT, TIMING_MARK, ECHO, INTERRUPT] = [
  255, 246, 253, 251, 252, 6, 1, 244,
] as const;

const OPTIONS = {
  host: "127.0.0.1",
  port: 0,
  lang: "en",
  token: "mf_secret",
  room: "lobby",
  connections: 9,
  perAddress: 9,
  idleMs: 600_000,
} as const;

describe("startTelnet", () => {
  it("speaks telnet with whoever does, and says that the Worker is out of reach", async () => {
    const asked: unknown[] = [];
    const worker = createServer((_request, response) => void response.destroy()).on(
      "upgrade",
      ({ url, headers }, socket) => {
        asked.push({ url, token: headers.authorization, protocol: headers["sec-websocket-protocol"] });
        socket.destroy();
      },
    );
    await once(worker.listen(0, "127.0.0.1"), "listening");
    const { port } = worker.address() as AddressInfo; // it listens at a port
    await using service = await startTelnet({ ...OPTIONS, url: `http://127.0.0.1:${port}` }, surroundings());
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

  it("says nothing more to whoever goes on after the end", async () => {
    const around = surroundings();
    await using service = await startTelnet({ ...OPTIONS, url: "http://127.0.0.1:9" }, around);
    using client = await rawClient(service.address);
    client.say("/quit\r\n");
    await client.end();
    client.socket.end(Buffer.from([IAC, DO, TIMING_MARK, IAC, AYT]));
    await until(() => entriesOf(around, "chat").length === 0);
    expect(client.received).toBe("Your nickname: Bye!\r\n");
    expect(around.logged).not.toContainEqual(expect.objectContaining({ event: "connection-failed" }));
  });

  it.each([
    ["asks for options", [IAC, DO, ECHO]],
    ["asks whether we are there", [IAC, AYT]],
  ])("does not read from whoever %s and does not read", async (_, asked) => {
    const around = surroundings();
    await using service = await startTelnet({ ...OPTIONS, url: "http://127.0.0.1:9" }, around);
    using client = await rawClient(service.address);
    client.socket.pause();
    const flood = Buffer.alloc(24 * 2 ** 20, Buffer.from(asked));
    client.say(flood);
    await until(() => entriesOf(around, "chat")[0]?.waitsFor === "the peer to read");
    expect(entriesOf(around, "chat")[0]?.traffic.inBytes).toBeLessThan(flood.length);
  });

  it.each([
    [401, "unauthorized", "its token is not accepted"],
    [403, "insufficient-scope", "its token is not accepted"],
    [403, "not-a-member", "The room lobby is closed to this service."],
    [503, "auth-not-configured", "its token is not accepted"],
  ])("tells the terminal and the log why the Worker refuses it: %i %s", async (status, code, told) => {
    const answer = JSON.stringify({ type: `urn:manifold:problem:${code}`, status });
    const worker = createServer((_request, response) => void response.writeHead(status).end(answer));
    await once(worker.listen(0, "127.0.0.1"), "listening");
    const { port } = worker.address() as AddressInfo; // it listens at a port
    const around = surroundings();
    await using service = await startTelnet({ ...OPTIONS, url: `http://127.0.0.1:${port}` }, around);
    using client = await rawClient(service.address);
    client.say("An\n");
    expect(await client.end()).toContain(told);
    expect(client.received).not.toContain("out of reach");
    expect(around.logged).toContainEqual(
      expect.objectContaining({ event: "room-refused", room: "lobby", status, code }),
    );
    worker.close();
  });
});
