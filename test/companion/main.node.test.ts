import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { until } from "../e2e/product.ts";
import { startCompanion } from "./companion-process.ts";
import { rawClient } from "./raw-client.ts";

/** Somebody who takes connections and says nothing. */
async function listener() {
  const taken: Socket[] = [];
  const server = createServer((socket) => void taken.push(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens at a port
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.dispose]() {
      server.close();
      for (const socket of taken) socket.destroy();
    },
  };
}

/** On ports that are free. */
const start = (...args: readonly string[]) =>
  startCompanion({ args: ["--chat-port", "0", "--monitor-port", "0", ...args] });

describe("npm run companion", () => {
  it("serves until it is told to stop, then finishes, reports and ends well", async () => {
    const companion = start("--echo-port", "0", "--proxy-port", "off");
    try {
      using client = await rawClient(await companion.addressOf("echo"));
      client.say("Hello");
      await client.hear("Echo: Hello");
      companion.child.kill("SIGTERM");
      await client.end();
      client.socket.end();
      expect(await companion.exit).toBe(0);
      expect(companion.output()).toContain('"event":"drained","service":"echo","finished":1,"cut":0');
    } finally {
      companion.child.kill("SIGKILL");
    }
  });

  it("serves terminals and the monitor, and drains when the monitor is told to", async () => {
    const companion = start("--echo-port", "off", "--lang", "fr");
    try {
      using chat = await rawClient(await companion.addressOf("chat"));
      await chat.hear("Entrez votre pseudo: ");
      using monitor = await rawClient(await companion.addressOf("monitor"));
      monitor.say("ps\r\ndrain\r\n");
      await monitor.hear("Draining.");
      expect(monitor.received).toMatch(/\d+ +chat +open +127\.0\.0\.1:\d+ +0 +21 /);
      expect(await chat.end()).toContain("(Le service s'arr");
      for (const { socket } of [chat, monitor]) socket.end();
      expect(await companion.exit).toBe(0);
    } finally {
      companion.child.kill("SIGKILL");
    }
  });

  it("cuts off, at the deadline, whoever is not done", async () => {
    const companion = start("--echo-port", "0", "--proxy-port", "off", "--drain-ms", "1");
    try {
      using client = await rawClient(await companion.addressOf("echo"));
      client.socket.pause();
      client.say(Buffer.alloc(16 * 2 ** 20));
      using monitor = await rawClient(await companion.addressOf("monitor"));
      await until(() => {
        monitor.say("conns\n");
        return monitor.received.includes("paused");
      });
      companion.child.kill("SIGTERM");
      expect(await companion.exit).toBe(0);
      expect(companion.output()).toContain('"service":"echo","finished":0,"cut":1');
    } finally {
      companion.child.kill("SIGKILL");
    }
  });

  it.each([
    ["SIGTERM", "SIGINT"],
    ["SIGINT", "SIGTERM"],
    ["SIGTERM", "SIGTERM"],
  ] as const)("drains at %s, and ends at once at a %s after that", async (first, second) => {
    const companion = start("--echo-port", "0", "--proxy-port", "off", "--drain-ms", "600000");
    try {
      const echo = await companion.addressOf("echo");
      using client = await rawClient(echo);
      client.socket.pause();
      client.say(Buffer.alloc(16 * 2 ** 20));
      using monitor = await rawClient(await companion.addressOf("monitor"));
      await until(() => {
        monitor.say("conns\n");
        return monitor.received.includes("paused");
      });
      companion.child.kill(first);
      // Those that come right after are the same wish.
      await until(() => {
        companion.child.kill(second);
        return companion.child.signalCode !== null;
      });
      expect([await companion.exit, companion.child.signalCode]).toEqual([null, second]);
    } finally {
      companion.child.kill("SIGKILL");
    }
  });

  it("takes signals that come at once for one", async () => {
    const companion = start("--echo-port", "0", "--proxy-port", "off");
    try {
      using client = await rawClient(await companion.addressOf("echo"));
      for (const signal of ["SIGINT", "SIGINT", "SIGTERM"] as const) companion.child.kill(signal);
      await client.end();
      client.socket.end();
      expect(await companion.exit).toBe(0);
      expect(companion.output()).toContain('"event":"drained","service":"echo","finished":1,"cut":0');
    } finally {
      companion.child.kill("SIGKILL");
    }
  });

  it.skipIf(process.platform === "win32")("waits for no thread when all is drained", async () => {
    const directory = await mkdtemp(join(tmpdir(), "manifold-pipe-"));
    const pipe = join(directory, "pipe");
    execFileSync("sh", ["-c", `mkfifo "$0"`, pipe]);
    // A thread that nobody can call off, as one is that looks up a name: nobody ever writes to it.
    const held = encodeURIComponent(
      `import { open } from "node:fs"; import { isMainThread } from "node:worker_threads";
       if (isMainThread) open(${JSON.stringify(pipe)}, () => 0);`,
    );
    const companion = startCompanion({
      args: ["--echo-port", "0", "--chat-port", "off", "--monitor-port", "off", "--proxy-port", "off"],
      environment: { NODE_OPTIONS: `--import=data:text/javascript,${held}` },
    });
    try {
      await companion.addressOf("echo");
      companion.child.kill("SIGTERM");
      expect([await companion.exit, companion.child.signalCode]).toEqual([null, "SIGTERM"]);
      expect(companion.output()).toContain('"event":"drained","service":"echo"');
      expect(companion.output()).toContain('"event":"left-behind","what":["FSReqCallback"');
    } finally {
      companion.child.kill("SIGKILL");
      await rm(directory, { recursive: true });
    }
  });

  it("is gone before a container is killed, whoever holds on to it", async () => {
    const dockerfile = await readFile("deploy/Dockerfile", "utf8");
    const drainMs = Number(/COMPANION_DRAIN_MS=(\d+)/.exec(dockerfile)?.[1]);
    const KILLED_AFTER_MS = 10_000;
    // A second is for what a drain leaves behind.
    expect(drainMs + 1_000).toBeLessThan(KILLED_AFTER_MS);
    const companion = start(
      "--echo-port",
      "0",
      "--proxy-port",
      "0",
      "--proxy-allow",
      "127.0.0.1",
      "--drain-ms",
      "1000",
    );
    using origin = await listener();
    try {
      const addressOf = async (service: string) => await companion.addressOf(service);
      using echo = await rawClient(await addressOf("echo"));
      echo.socket.pause();
      echo.say(Buffer.alloc(16 * 2 ** 20));
      using tunnel = await rawClient(await addressOf("proxy"));
      tunnel.say(`CONNECT ${origin.address} HTTP/1.1\r\nHost: ${origin.address}\r\n\r\n`);
      await tunnel.hear("200 Connection established");
      using chat = await rawClient(await addressOf("chat"));
      await chat.hear("Your nickname: ");
      using monitor = await rawClient(await addressOf("monitor"));
      await until(() => {
        monitor.say("conns\n");
        return monitor.received.includes("paused");
      });
      companion.child.kill("SIGTERM");
      const kill = setTimeout(() => companion.child.kill("SIGKILL"), KILLED_AFTER_MS);
      expect([await companion.exit, companion.child.signalCode]).toEqual([0, null]);
      clearTimeout(kill);
      for (const service of ["echo", "proxy"])
        expect(companion.output()).toContain(`"event":"drained","service":"${service}","finished":0,"cut":1`);
      for (const service of ["chat", "monitor"])
        expect(companion.output()).toContain(`"event":"drained","service":"${service}","finished":1,"cut":0`);
    } finally {
      companion.child.kill("SIGKILL");
    }
  });

  it.skipIf(process.platform !== "linux")(
    "answers what comes to a terminal's line in one piece by few writes, however much it asks for",
    async () => {
      const companion = start("--echo-port", "off", "--proxy-port", "off");
      const writes = async () => {
        const io = await readFile(`/proc/${companion.child.pid}/io`, "utf8");
        return Number(/^syscw: (\d+)$/m.exec(io)?.[1]);
      };
      try {
        using chat = await rawClient(await companion.addressOf("chat"));
        await chat.hear("Your nickname: ");
        const before = await writes();
        const asks = 5_000;
        chat.say(Buffer.alloc(2 * asks, Buffer.from([255, 246])));
        await until(() => chat.received.match(/\[Yes\]/g)?.length === asks);
        expect((await writes()) - before).toBeLessThan(asks / 10);
      } finally {
        companion.child.kill("SIGKILL");
      }
    },
  );

  it("tells of a variable that is hardly meant as it is written, and not of what it says", async () => {
    const args = ["--echo-port", "0", "--chat-port", "off", "--monitor-port", "off", "--proxy-port", "off"];
    const companion = startCompanion({ args, environment: { PROXY_CREDENTIAL: "ann:secret" } });
    try {
      await companion.addressOf("echo");
      expect(companion.output()).toContain(
        '"event":"variable-unknown","variable":"PROXY_CREDENTIAL","meant":"PROXY_CREDENTIALS"',
      );
      expect(companion.output()).not.toContain("ann:secret");
    } finally {
      companion.child.kill("SIGKILL");
    }
  });

  it("explains that what it listens at itself is never reached", async () => {
    const companion = start("--proxy-allow", "127.0.0.1", "--explain", "http://127.0.0.1:8888/");
    expect(await companion.exit).toBe(0);
    expect(companion.output()).toContain("verdict  a listener of this process itself\n");
  });

  it.skipIf(process.platform !== "linux")("has a thread for each of many names", async () => {
    const companion = start("--echo-port", "off", "--proxy-port", "0", "--proxy-allow", "10.0.0.0/8");
    try {
      using client = await rawClient(await companion.addressOf("proxy"));
      client.say("GET http://localhost/ HTTP/1.1\r\nHost: a\r\n\r\n");
      await client.hear("403 Forbidden");
      const threads = await readdir(`/proc/${companion.child.pid}/task`);
      expect(threads.length).toBeGreaterThan(64);
    } finally {
      companion.child.kill("SIGKILL");
    }
  });

  it.each([
    [["--echo-port", "x"], 'Expected --echo-port to be an integer from 0 to 65535, or off, got "x"'],
    [["--echo-host", "192.0.2.1", "--expose", "--echo-port", "0"], "listen EADDRNOTAVAIL"],
  ])("refuses %o in one line", async (args, message) => {
    // A machine that stalls meanwhile would be another line.
    const companion = start("--stall-ms", "off", ...args);
    expect(await companion.exit).toBe(1);
    expect(companion.output()).toContain(message);
    expect(companion.output().trimEnd().split("\n")).toHaveLength(1);
  });
});
