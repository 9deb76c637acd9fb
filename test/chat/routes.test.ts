import { describe, expect, it, vi } from "vitest";
import { SUBPROTOCOL } from "../../src/chat/wire.ts";
import { bearer, tokenOf, tokensOf } from "../support/tokens.ts";
import { wholeApp } from "../support/whole-app.ts";
import { fakeRooms } from "./fake-rooms.ts";

const tokens = await tokensOf({
  ann: ["chat"],
  ci: ["fanout"],
  mod: ["chat:moderate"],
  telnet: ["chat", "chat:gateway"],
  radio: ["chat", "chat:gateway"],
});
const [ANN, CI, MOD, TELNET, RADIO] = [tokenOf(0), tokenOf(1), tokenOf(2), tokenOf(3), tokenOf(4)];
const UPGRADE = { Upgrade: "websocket", "Sec-WebSocket-Protocol": `other, ${SUBPROTOCOL}` };

function makeApp(options: Parameters<typeof fakeRooms>[0] = {}) {
  const { rooms, asked } = fakeRooms(options);
  const { app } = wholeApp({ tokens, rooms });
  const problemOf = async (path: string, init: RequestInit) => {
    const response = await app.request(path, init);
    return { status: response.status, ...((await response.json()) as object) };
  };
  const ticketFor = async (room: string) => {
    const response = await app.request(`/v1/rooms/${room}/tickets`, { method: "POST", headers: bearer(ANN) });
    expect(response.status).toBe(201);
    return (await response.json()) as { readonly ticket: string; readonly protocol: string };
  };
  return { app, asked, problemOf, ticketFor };
}

describe("GET /v1/rooms/:room", () => {
  it("connects who has a token of the scope, and says from where they come", async () => {
    const { app, asked } = makeApp();
    await app.request("/v1/rooms/lobby", { headers: { ...UPGRADE, ...bearer(ANN) } });
    expect(asked).toEqual(["lobby from somewhere"]);
  });

  it("counts floods for whom a gateway comes, by its name, so that none takes from others", async () => {
    const { app, asked } = makeApp();
    for (const [token, client] of [
      [TELNET, "198.51.100.7"],
      [TELNET, "2001:db8::/64"],
      [RADIO, "198.51.100.7"],
    ] as const) {
      const headers = { ...UPGRADE, ...bearer(token), "Manifold-Client": client };
      await app.request("/v1/rooms/lobby", { headers });
    }
    await app.request("/v1/rooms/lobby", { headers: { ...UPGRADE, ...bearer(TELNET) } });
    expect(asked).toEqual([
      "lobby from via:telnet:198.51.100.7",
      "lobby from via:telnet:2001:db8::/64",
      "lobby from via:radio:198.51.100.7",
      "lobby from somewhere",
    ]);
  });

  it("counts floods of all others by where they come from, whatever they say", async () => {
    const { app, asked, ticketFor } = makeApp();
    const { ticket } = await ticketFor("lobby");
    const says = { ...UPGRADE, "Manifold-Client": "198.51.100.7" };
    await app.request("/v1/rooms/lobby", { headers: { ...says, ...bearer(ANN) } });
    await app.request(`/v1/rooms/lobby?ticket=${ticket}`, { headers: says });
    expect(asked).toEqual(["lobby from somewhere", "lobby from somewhere"]);
  });

  it.each(["", "a b", "x".repeat(65), "198.51.100.7, 198.51.100.8"])(
    "takes no odd name of a gateway's client: %j",
    async (client) => {
      const { problemOf, asked } = makeApp();
      const headers = { ...UPGRADE, ...bearer(TELNET), "Manifold-Client": client };
      expect(await problemOf("/v1/rooms/lobby", { headers })).toMatchObject({
        status: 400,
        item: "Manifold-Client",
      });
      expect(asked).toEqual([]);
    },
  );

  it.each([
    ["without a token", {}, 401],
    ["with a token of another scope", bearer(CI), 403],
    ["of a page elsewhere", { ...bearer(ANN), Origin: "https://evil.example" }, 403],
    ["without an upgrade", { ...bearer(ANN), Upgrade: "" }, 426],
    ["without the subprotocol", { ...bearer(ANN), "Sec-WebSocket-Protocol": "chat.v2" }, 400],
  ])("refuses a request %s", async (_, headers, status) => {
    const { problemOf, asked } = makeApp();
    expect(await problemOf("/v1/rooms/lobby", { headers: { ...UPGRADE, ...headers } })).toMatchObject({
      status,
    });
    expect(asked).toEqual([]);
  });

  it.each(["Lobby", "a b", "a".repeat(65), "%F0%9F%A6%8A", "a.b"])("has no room `%s`", async (room) => {
    const headers = { ...UPGRADE, ...bearer(ANN) };
    expect(await makeApp().problemOf(`/v1/rooms/${room}`, { headers })).toMatchObject({
      status: 400,
      item: "room",
    });
  });

  it("lets a ticket in once, and only into its room", async () => {
    const { app, asked, problemOf, ticketFor } = makeApp();
    const { ticket, protocol } = await ticketFor("lobby");
    expect(protocol).toBe(SUBPROTOCOL);
    expect(await problemOf(`/v1/rooms/other?ticket=${ticket}`, { headers: UPGRADE })).toMatchObject({
      status: 401,
      detail: "The ticket is for another room",
    });
    // Refused for another reason, it is not used up.
    expect((await app.request(`/v1/rooms/lobby?ticket=${ticket}`)).status).toBe(426);
    await app.request(`/v1/rooms/lobby?ticket=${ticket}`, { headers: UPGRADE });
    expect(asked).toEqual(["lobby from somewhere"]);
    expect(await problemOf(`/v1/rooms/lobby?ticket=${ticket}`, { headers: UPGRADE })).toMatchObject({
      status: 401,
      detail: "The ticket has been used",
    });
  });

  it("challenges who brings a ticket that is not good, as it does who brings such a token", async () => {
    const { headers } = await makeApp().app.request("/v1/rooms/lobby?ticket=a.b", { headers: UPGRADE });
    expect(headers.get("WWW-Authenticate")).toBe('Bearer realm="manifold", error="invalid_token"');
  });

  it("lets a ticket in nowhere else", async () => {
    const { app, ticketFor } = makeApp();
    const { ticket } = await ticketFor("lobby");
    for (const path of ["/v1/rooms/lobby/messages", "/v1/rooms/lobby/members", "/v1/endpoints"]) {
      expect((await app.request(`${path}?ticket=${ticket}`, { headers: UPGRADE })).status).toBe(401);
    }
  });

  it("has no tickets without a secret", async () => {
    const { problemOf } = makeApp({ ticketKey: async () => await Promise.resolve(undefined) });
    const type = "urn:manifold:problem:tickets-not-configured";
    const making = { method: "POST", headers: bearer(ANN) };
    expect(await problemOf("/v1/rooms/lobby/tickets", making)).toMatchObject({ status: 503, type });
    expect(await problemOf("/v1/rooms/lobby?ticket=x", { headers: UPGRADE })).toMatchObject({
      status: 503,
      type,
    });
  });

  it("keeps a room for the tokens that the configuration names", async () => {
    const { problemOf, app } = makeApp({ members: { staff: ["ops"] } });
    const headers = { ...UPGRADE, ...bearer(ANN) };
    const refused = { status: 403, type: "urn:manifold:problem:not-a-member" };
    expect(await problemOf("/v1/rooms/staff", { headers })).toMatchObject(refused);
    expect(await problemOf("/v1/rooms/staff/tickets", { method: "POST", headers })).toMatchObject(refused);
    expect(await problemOf("/v1/rooms/staff/messages", { headers })).toMatchObject(refused);
    expect(await problemOf("/v1/rooms/staff/members", { headers })).toMatchObject(refused);
    expect((await app.request("/v1/rooms/lobby/messages", { headers })).status).toBe(200);
    // What objects have by themselves is no list of members.
    expect((await app.request("/v1/rooms/constructor/messages", { headers })).status).toBe(200);
  });
});

describe("a room that cannot be reached", () => {
  it.each([
    ["GET", "/v1/rooms/lobby", { ...UPGRADE, ...bearer(ANN) }],
    ["GET", "/v1/rooms/lobby?ticket=", UPGRADE],
    ["GET", "/v1/rooms/lobby/messages", bearer(ANN)],
    ["GET", "/v1/rooms/lobby/members", bearer(ANN)],
    ["DELETE", "/v1/rooms/lobby/members/u", bearer(MOD)],
  ])("makes %s %s answer 503, with when to ask again", async (method, path, headers) => {
    using log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const away = async () => await Promise.reject(new Error("The room is away"));
    const stub = { connect: away, history: away, members: away, kick: away, useTicket: away };
    const { app, ticketFor } = makeApp({ roomFor: () => stub });
    const ticket = path.endsWith("=") ? (await ticketFor("lobby")).ticket : "";
    const response = await app.request(`${path}${ticket}`, { method, headers });
    expect(response.headers.get("Retry-After")).toBe("1");
    expect(await response.json()).toMatchObject({
      status: 503,
      type: "urn:manifold:problem:rooms-unavailable",
    });
    expect(log.mock.calls).toEqual([[expect.stringContaining("The room is away")]]);
  });
});

describe("GET /v1/rooms/:room/messages", () => {
  it("answers with a page", async () => {
    const response = await makeApp().app.request("/v1/rooms/lobby/messages?before=2&limit=1", {
      headers: bearer(ANN),
    });
    expect(await response.json()).toMatchObject({ items: [{ seq: 1, text: "hello" }], more: false });
  });

  it.each([
    "before=1&after=2",
    "before=x",
    "before=",
    "after=+",
    "after=-1",
    "limit=0",
    "limit=101",
    "limit=1.5",
  ])("refuses `?%s`", async (query) => {
    const response = await makeApp().app.request(`/v1/rooms/lobby/messages?${query}`, {
      headers: bearer(ANN),
    });
    expect(response.status).toBe(400);
  });
});

describe("GET /v1/rooms/:room/members", () => {
  it("says who is there", async () => {
    const response = await makeApp().app.request("/v1/rooms/lobby/members", { headers: bearer(ANN) });
    expect(await response.json()).toEqual({ items: [{ uid: "u", name: "ann" }], count: 1 });
  });
});

describe("DELETE /v1/rooms/:room/members/:uid", () => {
  it.each([
    ["who is there", "u", MOD, 204],
    ["nobody", "x", MOD, 404],
    ["without the scope", "u", ANN, 403],
  ])("sends away %s", async (_, uid, token, status) => {
    const { app } = makeApp();
    const init = { method: "DELETE", headers: bearer(token) };
    expect((await app.request(`/v1/rooms/lobby/members/${uid}`, init)).status).toBe(status);
  });
});
