import { describe, expect, it } from "vitest";
import { startTelnet } from "../../../companion/telnet/telnet.ts";
import { freePort } from "../../e2e/product.ts";
import { rawClient } from "../raw-client.ts";
import { surroundings } from "../surroundings.ts";

const [IAC, AYT, DO, WILL, WONT, TIMING_MARK, ECHO, INTERRUPT] = [
  255, 246, 253, 251, 252, 6, 1, 244,
] as const;

describe("startTelnet", () => {
  it("speaks telnet with whoever does, and says that no Worker is there", async () => {
    await using service = await startTelnet(
      {
        host: "127.0.0.1",
        port: 0,
        lang: "en",
        url: `http://127.0.0.1:${await freePort()}`,
        token: "",
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
    client.say("/quit\r\n");
    await client.hear("Bye!\r\n");
    expect(await client.end()).not.toContain("Welcome");
    using other = await rawClient(service.address);
    other.say(Buffer.from([IAC, INTERRUPT]));
    expect(await other.end()).toBe("Your nickname: ");
  });
});
