import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { until } from "../../e2e/product.ts";
import { rawClient } from "../raw-client.ts";
import { entriesOf, surroundings } from "../surroundings.ts";
import { proxyWith, rawOrigin } from "./proxy-with.ts";

const TUNNELS = 1_000;
/** On a machine that is busy with other things. */
const PATIENCE_MS = 120_000;
const connectTo = (place: string) => `CONNECT ${place} HTTP/1.1\r\nHost: a\r\n\r\n`;

describe("startProxy, with tunnels", () => {
  it(
    `keeps ${TUNNELS} at once apart, and nothing of them afterwards`,
    async () => {
      const around = surroundings();
      await using origin = await rawOrigin((socket) => void socket.pipe(socket));
      await using proxy = await proxyWith({ perAddress: TUNNELS }, around);
      // All knock at one moment, and none is turned away.
      const clients = await Promise.all(
        Array.from({ length: TUNNELS }, async () => await rawClient(proxy.address)),
      );
      for (const [index, client] of clients.entries()) {
        client.say(`${connectTo(origin.place)}this is ${index}.`);
      }
      await until(() =>
        clients.every(({ received }, index) => received.endsWith(`\r\n\r\nthis is ${index}.`)),
      );
      expect(entriesOf(around, "tunnel")).toHaveLength(TUNNELS);
      for (const { socket } of clients) socket.end();
      await until(() => clients.every(({ isEnded }) => isEnded));
      await until(() => entriesOf(around, "tunnel").length + entriesOf(around, "proxy").length === 0);
    },
    PATIENCE_MS,
  );

  it.each(["client", "destination"])(
    "ends one whose %s has said all, and whose other side says nothing",
    async (side) => {
      const around = surroundings();
      await using origin = await rawOrigin((socket) => {
        socket.resume();
        if (side === "destination") socket.end("done");
      });
      await using proxy = await proxyWith({ halfClosedMs: 50, idleMs: 86_400_000 }, around);
      using client = await rawClient(proxy.address);
      client.say(connectTo(origin.place));
      await client.hear("established\r\n\r\n");
      if (side === "client") client.socket.end();
      else await client.hear("done");
      await until(() => entriesOf(around, "tunnel").length === 0);
      expect(await client.end()).toMatch(side === "client" ? /\r\n\r\n$/ : /\r\n\r\ndone$/);
      expect(around.logged).toContainEqual(
        expect.objectContaining({ event: "tunnel", ok: false, why: "The tunnel was silent for too long" }),
      );
    },
  );

  it("ends one whose client had said all when it asked for it", async () => {
    const around = surroundings();
    await using origin = await rawOrigin((socket) => void socket.resume());
    await using proxy = await proxyWith({ halfClosedMs: 50, idleMs: 86_400_000 }, around);
    using client = await rawClient(proxy.address);
    client.socket.end(connectTo(origin.place));
    expect(await client.end()).toMatch(/established\r\n\r\n$/);
    await until(() => entriesOf(around, "tunnel").length === 0);
  });

  it("leaves the destination when one of which the client had said all is cancelled", async () => {
    const around = surroundings();
    const halves: Socket[] = [];
    await using origin = await rawOrigin((socket) => {
      socket.resume().on("end", () => void halves.push(socket));
    });
    await using proxy = await proxyWith({ halfClosedMs: 86_400_000, idleMs: 86_400_000 }, around);
    using client = await rawClient(proxy.address);
    client.socket.end(connectTo(origin.place));
    await client.hear("established\r\n\r\n");
    await until(() => halves.length === 1);
    entriesOf(around, "tunnel")[0]?.cancel?.(new Error("Enough"));
    // It has said all, so that who still talks to it is told by a reset.
    await until(() => {
      halves[0]?.write("x");
      return halves[0]?.destroyed === true;
    });
    expect(await client.end()).toMatch(/established\r\n\r\n$/);
  });

  it("lets the other side go on as long as it says something, though one has said all", async () => {
    let speak = () => {};
    await using origin = await rawOrigin((socket) => {
      socket.resume().on("end", () => {
        speak = () => void socket.write("still here.");
      });
    });
    await using proxy = await proxyWith({ halfClosedMs: 60_000 });
    using client = await rawClient(proxy.address);
    client.socket.end(connectTo(origin.place));
    await client.hear("established\r\n\r\n");
    for (let round = 0; round < 3; round += 1) {
      await until(() => {
        speak();
        return client.received.split("still here.").length > round + 1;
      });
    }
    expect(client.isEnded).toBe(false);
  });
});
