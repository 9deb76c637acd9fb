import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { createPool } from "../../../companion/proxy/upstream/pool.ts";
import { rawOrigin } from "./proxy-with.ts";

describe("createPool", () => {
  it("gives the connection that was used last, and none that is over though it has not said so", async () => {
    await using origin = await rawOrigin(() => undefined);
    const pool = createPool();
    const open = async () => {
      const socket = connect({ host: "127.0.0.1", port: Number(origin.place.split(":")[1]) });
      await once(socket, "connect");
      pool.put("a", socket);
      return socket;
    };
    const [first, second, third] = [await open(), await open(), await open()];
    second.destroy();
    expect(pool.take("b")).toBeUndefined();
    expect(pool.take("a")).toBe(third);
    expect(pool.take("a")).toBe(first);
    expect(pool.take("a")).toBeUndefined();
    for (const socket of [first, third]) socket.destroy();
  });
});
