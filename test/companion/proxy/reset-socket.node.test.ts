import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { resetSocket } from "../../../companion/proxy/reset-socket.ts";
import { until } from "../../e2e/product.ts";
import { rawOrigin } from "./proxy-with.ts";

describe("resetSocket", () => {
  it.each(["is being shut down", "is open"])("leaves nothing open of a connection that %s", async (state) => {
    let end = "";
    await using origin = await rawOrigin((socket) => {
      socket.resume().on("error", () => (end = "reset"));
      socket.on("end", () => (end ||= "end"));
    });
    const socket = connect({
      host: "127.0.0.1",
      port: Number(origin.place.split(":")[1]),
      allowHalfOpen: true,
    });
    await once(socket, "connect");
    const closed = once(socket, "close");
    if (state === "is being shut down") socket.end();
    resetSocket(socket);
    await closed;
    await until(() => end !== "");
    expect(end).toMatch(state === "is open" ? "reset" : /^(end|reset)$/);
  });
});
