import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { endpoint, upstream } from "../src/aggregate/endpoint.ts";
import { logInfo } from "../src/http/log.ts";
import { describeRoutes } from "../src/http/open-api.ts";
import { hashToken } from "../src/http/token-form.ts";
import { openTicketKey } from "../src/ticket-key.ts";
import { toHex } from "../src/http/tokens.ts";
import { config } from "../manifold.config.ts";
import { fakeRooms } from "./chat/fake-rooms.ts";
import { fillPath, operationsOf } from "./support/document.ts";
import { bearer, tokenOf, tokensOf } from "./support/tokens.ts";
import { wholeApp } from "./support/whole-app.ts";

const TOKEN = tokenOf(0);
const tokens = await tokensOf({ ops: ["admin"] });
/** What must be seen nowhere: the token, the beginning of it, its hash. */
const SECRETS = [TOKEN, TOKEN.slice(0, 24), toHex(await hashToken(TOKEN))];

const from = upstream("keyed", {
  origin: "https://atlas.example.com",
  forward: ["Authorization", "X-Api-Key"],
});
/** A function of the configuration that fails, and says with what. */
const failing = endpoint("GET /api/failing/:word")
  .branch("a", { from, get: "/a", map: (value, { params }) => ({ value, word: params.word }) })
  .respond(({ a }) => {
    throw new Error(`Cannot use ${a.word}`);
  });

/** All that is written down of what goes on. */
const written: string[] = [];
beforeEach(() => {
  written.length = 0;
  for (const method of ["log", "error", "warn", "info", "debug"] as const) {
    vi.spyOn(console, method).mockImplementation(
      (...args: unknown[]) => void written.push(args.map(String).join(" ")),
    );
  }
});
afterEach(() => void vi.restoreAllMocks());

const { app } = wholeApp({
  tokens,
  config: { endpoints: [...config.endpoints, failing] },
  log: logInfo,
});

/** An answer with all that is in it. */
async function ask(path: string, init: RequestInit): Promise<string> {
  const response = await app.request(path, init);
  return JSON.stringify([response.status, [...response.headers], await response.text()]);
}

/** Ways to send a token where there is a body: as a value, in a URL, in a field for others, as a name, as all of it. */
const bodies: readonly string[] = [
  JSON.stringify({ requests: [{ url: `https://api.example.com/?key=${TOKEN}` }] }),
  JSON.stringify({ requests: [{ url: `https://user:${TOKEN}@api.example.com/` }] }),
  JSON.stringify({ requests: [{ url: TOKEN }] }),
  JSON.stringify({ requests: [{ url: `${"x".repeat(80)}/${TOKEN}` }] }),
  JSON.stringify({ requests: [{ url: `http://10.0.0.1/${TOKEN}` }] }),
  JSON.stringify({ requests: [{ url: "https://api.example.com/", headers: bearer(TOKEN) }] }),
  JSON.stringify({ requests: [{ url: "https://api.example.com/", headers: { [TOKEN]: "x" } }] }),
  JSON.stringify({ requests: [{ url: "https://api.example.com/", method: TOKEN }] }),
  JSON.stringify({
    requests: [
      { url: "https://a.example.com/", id: TOKEN },
      { url: "https://a.example.com/", id: TOKEN },
    ],
  }),
  JSON.stringify({ [TOKEN]: TOKEN, token: TOKEN, requests: TOKEN, mode: TOKEN }),
  JSON.stringify([TOKEN]),
  JSON.stringify(TOKEN),
  TOKEN,
];

describe.each(operationsOf(describeRoutes(app.routes)))("$method $path", ({ method, path, body }) => {
  const place = fillPath(path, () => "a");
  const plain =
    body === undefined ? {} : { body: JSON.stringify({ requests: [{ url: "https://a.example.com/" }] }) };
  const inits: readonly [string, string, RequestInit][] = [
    ["to get in", place, { headers: bearer(TOKEN), ...plain }],
    ["that is none", place, { headers: bearer(`${TOKEN}A`), ...plain }],
    ["by another scheme", place, { headers: { Authorization: `Token ${TOKEN}` }, ...plain }],
    [
      "in other fields",
      place,
      {
        headers: {
          ...bearer(TOKEN),
          "X-Api-Key": TOKEN,
          Cookie: `a=${TOKEN}`,
          "User-Agent": TOKEN,
          Accept: TOKEN,
          "Idempotency-Key": TOKEN,
          traceparent: TOKEN,
          tracestate: `a=${TOKEN}`,
        },
        ...plain,
      },
    ],
    ["as the request's id", place, { headers: { ...bearer(TOKEN), "X-Request-Id": TOKEN }, ...plain }],
    [
      "in the query",
      `${place}?access_token=${TOKEN}&codes=${TOKEN}&_timeline=1`,
      { headers: bearer(TOKEN), ...plain },
    ],
    ["in the query only", `${place}?access_token=${TOKEN}`, plain],
    ["in the path", fillPath(path, () => TOKEN), { headers: bearer(TOKEN), ...plain }],
    ["in a path beyond it", `${place}/${TOKEN}`, { headers: bearer(TOKEN), ...plain }],
    ...(body === undefined ? [] : bodies).map((text, index): [string, string, RequestInit] => [
      `in body ${index}`,
      place,
      { headers: bearer(TOKEN), body: text },
    ]),
  ];

  it.each(inits)("shows no token %s, neither in its answer nor in the log", async (_, target, init) => {
    const answer = await ask(target, { method, ...init });
    for (const secret of SECRETS) expect(`${answer}\n${written.join("\n")}`).not.toContain(secret);
  });
});

describe("a ticket", () => {
  const TICKET_KEY = "a-secret-of-the-tests-".repeat(3);
  const upgrade = { Upgrade: "websocket", "Sec-WebSocket-Protocol": "chat.v1" };
  const ticketOf = async (room: string) => {
    const init = { method: "POST", headers: bearer(TOKEN) };
    const { ticket } = (await (await app.request(`/v1/rooms/${room}/tickets`, init)).json()) as {
      readonly ticket: string;
    };
    return ticket;
  };

  it("is shown to who asked for it and to nobody else, whatever becomes of it", async () => {
    const ticket = await ticketOf("lobby");
    const [payload = "", signature = ""] = ticket.split(".");
    const answers = [
      await ask(`/v1/rooms/other?ticket=${ticket}`, { headers: upgrade }),
      await ask(`/v1/rooms/lobby?ticket=${ticket}`, {}),
      await ask(`/v1/rooms/lobby?ticket=${ticket}`, { headers: upgrade }),
      await ask(`/v1/rooms/lobby?ticket=${ticket}`, { headers: upgrade }),
      await ask(`/v1/rooms/lobby?ticket=${ticket}x`, { headers: upgrade }),
      await ask(`/v1/fanout?ticket=${ticket}`, { method: "POST", headers: bearer(TOKEN), body: "{" }),
    ];
    expect(answers.map((text) => Number(JSON.parse(text)[0]))).toEqual([401, 426, 204, 401, 401, 400]);
    const { rooms } = fakeRooms({
      roomFor: () => {
        throw new Error("The object is gone");
      },
    });
    const broken = wholeApp({ tokens, rooms }).app;
    expect((await broken.request(`/v1/rooms/lobby?ticket=${ticket}`, { headers: upgrade })).status).toBe(500);
    expect(written.join("\n")).toContain("The object is gone");
    const seen = `${answers.join("\n")}\n${written.join("\n")}`;
    for (const secret of [payload, signature, TICKET_KEY]) expect(seen).not.toContain(secret);
  });

  it("cannot be made with a secret that is too short, which the log does not show", async () => {
    const short = "too-short-a-secret";
    expect(await openTicketKey(short)()).toBeUndefined();
    expect(written.join("\n")).toContain("ticket-secret-unusable");
    expect(written.join("\n")).not.toContain(short);
  });
});

describe("the log", () => {
  it("is looked at: it has a line a request, and the errors with what they say", async () => {
    await ask(`/api/failing/${TOKEN}`, {});
    expect(written).toHaveLength(2);
    expect(written.join("\n")).toContain("Cannot use mf_…");
  });
});
