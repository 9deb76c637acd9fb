import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startTelnet } from "../../companion/telnet/telnet.ts";
import { type Message, SUBPROTOCOL } from "../../src/chat/wire.ts";
import { rawClient } from "../companion/raw-client.ts";
import { surroundings } from "../companion/surroundings.ts";
import { clientOf } from "../chat/socket-client.ts";
import { launchBrowser } from "../support/browser.ts";
import { startWorker } from "../support/worker.ts";
import { freePort, startProduct } from "./product.ts";

/** Terminals for the rooms of a Worker. */
const terminalsFor = async (url: string) =>
  await startTelnet(
    {
      host: "127.0.0.1",
      port: 0,
      lang: "en",
      url,
      token: "",
      room: "lobby",
      connections: 9,
      perAddress: 9,
      idleMs: 600_000,
    },
    surroundings(),
  );

async function logOf(url: string): Promise<readonly Message[]> {
  const response = await fetch(`${url}/v1/rooms/lobby/messages?after=0&limit=100`);
  return ((await response.json()) as { readonly items: readonly Message[] }).items;
}

/** What somebody at a terminal was shown that others have said. */
const heardIn = (shown: string) => [...shown.matchAll(/^\[(\w+)\] (.*)\r$/gm)].map(([, , text]) => text);

const TURNS = 5;

/** The product starts twice. */
const KILL_PATIENCE_MS = 240_000;

describe("chat by telnet", () => {
  it("shows telnet, nc, a browser and a WebSocket in one room the same lines in the same order", async () => {
    await using worker = await startWorker({
      AUTH: "open",
      ALLOW_LOOPBACK: "1",
      TICKET_SECRET: "t".repeat(43),
    });
    await using terminals = await terminalsFor(worker.url);
    await using browser = await launchBrowser();
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${worker.url}/#chat/lobby`);
    await page.getByLabel("Your name").fill("Page");
    await page.keyboard.press("Enter");
    await page.getByText("connected", { exact: true }).waitFor();

    const socket = new WebSocket(`${worker.url.replace("http", "ws")}/v1/rooms/lobby`, SUBPROTOCOL);
    const ws = clientOf(socket);
    await once(socket, "open");
    ws.hello("Socket");
    await ws.next("welcome");
    using telnet = await rawClient(terminals.address);
    telnet.say("Telnet\r\0");
    await telnet.hear("Welcome");
    using nc = await rawClient(terminals.address);
    nc.say("Nc\n");
    await nc.hear("Welcome");

    const typed = async () => {
      for (let turn = 0; turn < TURNS; turn += 1) {
        await page.getByLabel(/^Say something/).fill(`page ${turn}`);
        await page.keyboard.press("Enter");
      }
    };
    const typing = typed();
    for (let turn = 0; turn < TURNS; turn += 1) {
      telnet.say(`telnet ${turn}\r\n`);
      nc.say(`nc ${turn}\n`);
      ws.say({ t: "send", id: String(turn), text: `ws ${turn}` });
    }
    await typing;
    await ws.until(() => ws.messages().length === 4 * TURNS);
    await page
      .locator(".line:not(.unsent)")
      .nth(4 * TURNS - 1)
      .waitFor();
    const order = ws.messages().map(({ text }) => text);
    for (const [client, own] of [
      [telnet, "telnet"],
      [nc, "nc"],
    ] as const) {
      const others = order.filter((text) => !text.startsWith(`${own} `));
      await client.hear(others.at(-1) ?? "");
      expect(heardIn(client.received)).toEqual(others);
    }
    const lines = await page.locator(".line .text").allInnerTexts();
    expect(lines.map((text) => text.trim())).toEqual(order);
    expect((await logOf(worker.url)).map(({ text }) => text)).toEqual(order);
    for (const name of ["telnet", "nc", "ws", "page"])
      expect(order.filter((text) => text.startsWith(`${name} `))).toEqual(
        Array.from({ length: TURNS }, (_, turn) => `${name} ${turn}`),
      );
  });

  it(
    "loses no line, and shows none twice, when the Worker is killed under its users",
    async () => {
      const stateDir = await mkdtemp(join(tmpdir(), "manifold-telnet-"));
      // The same port after the kill: its users look for it there.
      const port = String(await freePort());
      const url = `http://127.0.0.1:${port}`;
      const environment = { STATE_DIR: stateDir, PORT: port, COMPANION: "0" };
      let product = await startProduct(environment);
      try {
        await using terminals = await terminalsFor(url);
        using ann = await rawClient(terminals.address);
        ann.say("Ann\n");
        await ann.hear("Welcome");
        using bob = await rawClient(terminals.address);
        bob.say("Bob\n");
        await bob.hear("Welcome");
        ann.say("before\n");
        await bob.hear("[Ann] before\r\n");
        // What is said now may be stored or not, acknowledged or not.
        for (let turn = 0; turn < TURNS; turn += 1) ann.say(`under way ${turn}\n`);
        process.kill(-(product.child.pid ?? Number.NaN), "SIGKILL");
        await once(product.child, "exit");
        await ann.hear("out of reach");
        for (let turn = 0; turn < TURNS; turn += 1) ann.say(`meanwhile ${turn}\n`);
        product = await startProduct(environment);
        await ann.hear("(Back in the room");
        ann.say("after\n");
        await bob.hear("[Ann] after\r\n");
        const each = (what: string) => Array.from({ length: TURNS }, (_, turn) => `${what} ${turn}`);
        const all = ["before", ...each("under way"), ...each("meanwhile"), "after"];
        expect(heardIn(bob.received)).toEqual(all);
        expect((await logOf(url)).map(({ text }) => text)).toEqual(all);
      } finally {
        await product[Symbol.asyncDispose]();
        await rm(stateDir, { recursive: true, force: true });
      }
    },
    KILL_PATIENCE_MS,
  );
});
