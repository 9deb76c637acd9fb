import { describe, expect, it } from "vitest";
import { sleep, VirtualClock } from "#kernel";
import { watchDescriptors } from "../../companion/descriptors.ts";
import { until } from "../e2e/product.ts";
import { startCompanion } from "./companion-process.ts";
import { rawClient } from "./raw-client.ts";
import { surroundings } from "./surroundings.ts";

describe("watchDescriptors", () => {
  it("says once a minute that there is none left, for as long as that is so", async () => {
    const clock = new VirtualClock();
    const { log, logged } = surroundings();
    const at: number[] = [];
    const take = () => {
      at.push(clock.now());
      if (clock.now() > 5_000 && clock.now() < 100_000) throw new Error("EMFILE: too many open files");
    };
    await clock.run(
      (async () => {
        using _ = watchDescriptors(clock, log, take);
        await sleep(200_500, undefined, clock);
      })(),
    );
    expect(logged).toMatchObject([
      { event: "descriptors-exhausted", err: { message: "EMFILE: too many open files" } },
      { event: "descriptors-exhausted" },
    ]);
    expect(at.slice(0, 7)).toEqual([1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 66_000]);
    expect(at.at(-1)).toBe(200_000);
  });

  it.skipIf(process.platform !== "linux")("leaves the proxy none to connect by, which it says", async () => {
    const args = ["--echo-port", "0", "--chat-port", "off", "--monitor-port", "off"];
    const companion = startCompanion({
      args: [...args, "--proxy-port", "0", "--proxy-allow", "127.0.0.1", "--proxy-connect-ports", "1-65535"],
      files: 60,
    });
    try {
      const address = await companion.addressOf("proxy");
      const clients = await Promise.all(Array.from({ length: 80 }, async () => await rawClient(address)));
      await until(() => clients.some(({ isEnded }) => isEnded));
      clients.find(({ isEnded }) => !isEnded)?.socket.resetAndDestroy();
      await until(async () => {
        using client = await rawClient(address);
        client.say("CONNECT 127.0.0.1:9 HTTP/1.1\r\nHost: 127.0.0.1:9\r\n\r\n");
        return await client.hear("503 Service Unavailable").then(
          () => true,
          () => false,
        );
      });
      for (const client of clients) client[Symbol.dispose]();
      expect(companion.child.exitCode).toBeNull();
    } finally {
      companion.child.kill("SIGKILL");
    }
  });

  it.skipIf(process.platform !== "linux")("lets the companion go on when some are given back", async () => {
    const args = ["--echo-port", "0", "--chat-port", "off", "--monitor-port", "off", "--proxy-port", "off"];
    const companion = startCompanion({ args, files: 60 });
    try {
      const address = await companion.addressOf("echo");
      const clients = await Promise.all(Array.from({ length: 80 }, async () => await rawClient(address)));
      await until(() => companion.output().includes('"event":"descriptors-exhausted"'));
      for (const client of clients) client[Symbol.dispose]();
      await until(async () => {
        using client = await rawClient(address);
        client.say("Hello");
        return await client.hear("Echo: Hello").then(
          () => true,
          () => false,
        );
      });
      expect(companion.child.exitCode).toBeNull();
    } finally {
      companion.child.kill("SIGKILL");
    }
  });
});
