import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/chat/settings.ts";
import { SUBPROTOCOL } from "../../src/chat/wire.ts";
import { openLimiters } from "../../src/limiters.ts";
import { planPolicies } from "../../src/limits/policy.ts";
import { openRooms } from "../../src/rooms.ts";
import { fakeRooms } from "../chat/fake-rooms.ts";
import { wholeApp } from "../support/whole-app.ts";
import { policyOf } from "./policies.ts";

describe("a limit before all of /v1", () => {
  it("lets a WebSocket through, with what is left, and no more of them than it allows", async () => {
    const { app } = wholeApp({
      isOpen: true,
      limits: {
        policies: planPolicies(
          [policyOf({ capacity: 1, refill: { tokens: 1, perMs: 86_400_000 } })],
          () => undefined,
        ),
        v1Limit: "demo",
        limiterFor: openLimiters(env.RATE_LIMITERS),
      },
      rooms: { ...fakeRooms().rooms, roomFor: openRooms(env.CHAT_ROOMS, env.CHAT_RELAYS, DEFAULT_SETTINGS) },
    });
    const connect = async () =>
      await app.request("http://127.0.0.1/v1/rooms/limited", {
        headers: { Upgrade: "websocket", "Sec-WebSocket-Protocol": SUBPROTOCOL },
      });
    const { status, headers, webSocket } = await connect();
    expect([status, headers.get("RateLimit-Policy")]).toEqual([101, '"demo";q=1;w=86400']);
    webSocket?.accept();
    webSocket?.close();
    const refused = await connect();
    expect([refused.status, refused.headers.get("RateLimit")]).toEqual([429, '"demo";r=0;t=86400']);
  });
});
