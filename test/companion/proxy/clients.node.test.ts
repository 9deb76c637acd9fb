import { once } from "node:events";
import { Agent, createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { proxyWith } from "./proxy-with.ts";

describe("startProxy, with Node's own client", () => {
  it("gives each of many requests at once its own answer, with credentials", async () => {
    await using origin = createServer((request, response) => response.end(request.url)).listen(
      0,
      "127.0.0.1",
    );
    await once(origin, "listening");
    const { port } = origin.address() as AddressInfo; // it listens at a host and a port
    await using proxy = await proxyWith({ credentials: "me:secret" });
    const proxyEnv = { HTTP_PROXY: `http://me:secret@${proxy.address}` };
    const agent = new Agent({ keepAlive: true, maxSockets: 16, proxyEnv });
    const paths = Array.from({ length: 200 }, (_, index) => `/${index}`);
    const answers = paths.map(async (path) => {
      const request = get({ host: "127.0.0.1", port, path, agent });
      const [response] = await once(request, "response");
      return await text(response);
    });
    expect(await Promise.all(answers)).toEqual(paths);
    agent.destroy();
  });
});
