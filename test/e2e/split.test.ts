import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Chat, type ChatEvent, connectChat } from "../../src/chat/client.ts";
import { freePort, until } from "./product.ts";

const CLIENTS = 60;
const EACH = 4;

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const WORKER = fileURLToPath(new URL("../chat/small-rooms-worker.ts", import.meta.url));
const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");

/** Runs the Worker until it is killed, with all that it has started. */
async function run(port: number, stateDir: string) {
  const flags = ["--ip=127.0.0.1", `--port=${port}`, "--inspector-port=0", `--persist-to=${stateDir}`];
  const child = spawn(process.execPath, [WRANGLER, "dev", WORKER, "--log-level=error", ...flags], {
    cwd: ROOT,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" },
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exit = once(child, "exit");
  let complaints = "";
  child.stderr.on("data", (chunk) => (complaints += String(chunk)));
  const isReady = async () => {
    if (child.exitCode !== null || complaints.includes("ERROR"))
      throw new Error(`It did not start:\n${complaints}`);
    const response = await fetch(`http://127.0.0.1:${port}/room`).catch(() => undefined);
    return response?.ok === true;
  };
  await until(isReady);
  return {
    async kill() {
      process.kill(-(child.pid ?? Number.NaN), "SIGKILL");
      await exit;
    },
  };
}

/** One who comes into the room, and keeps what is read there. */
function enter(port: number, name: string) {
  const read: string[] = [];
  const gaps: ChatEvent[] = [];
  const chat = connectChat({
    url: `ws://127.0.0.1:${port}/room`,
    name,
    onEvent(event) {
      if (event.type === "message") read.push(`${event.message.seq}: ${event.message.text}`);
      if (event.type === "gap" || event.type === "reset") gaps.push(event);
    },
  });
  return { chat, read, gaps };
}

const sayAll = (chats: readonly Chat[], round: number) =>
  Promise.all(
    chats.flatMap((chat) =>
      Array.from({ length: EACH }, async (_, index) => await chat.send(`${chat.name} ${round}/${index}`)),
    ),
  );

describe("a room that splits, when the runtime is killed while sixty clients talk", () => {
  it("brings everybody everything once, in one order, and knows who is there", async () => {
    const stateDir = await mkdtemp(join(tmpdir(), "manifold-split-"));
    const port = await freePort();
    let runtime = await run(port, stateDir);
    try {
      const clients = Array.from({ length: CLIENTS }, (_, index) => enter(port, `client-${index}`));
      const chats = clients.map(({ chat }) => chat);
      await until(() => chats.every(({ state }) => state.name === "live"));
      const relays = (await readdir(join(stateDir, "v3/do/manifold-ChatRelay"))).filter((file) =>
        /^[0-9a-f]+\.sqlite$/.test(file),
      );
      expect(relays.length).toBeGreaterThanOrEqual(2);
      await sayAll(chats, 1);

      const second = sayAll(chats, 2);
      await until(() => clients[0]?.read.some((line) => line.includes(" 2/")) === true);
      await runtime.kill();
      runtime = await run(port, stateDir);
      for (const chat of chats) chat.hurry();
      await second;

      const total = 2 * CLIENTS * EACH;
      await until(() => clients.every(({ read }) => read.length >= total));
      const [first] = clients;
      expect(new Set(first?.read.map((line) => line.split(": ")[1])).size).toBe(total);
      for (const { read, gaps } of clients) {
        expect(read).toEqual(first?.read);
        expect(gaps).toEqual([]);
      }
      await until(async () => (await chats[0]?.who())?.count === CLIENTS);
      for (const chat of chats) await chat.close();
    } finally {
      await runtime.kill();
      await rm(stateDir, { recursive: true, force: true });
    }
  }, 300_000);
});
