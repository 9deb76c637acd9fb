import { describe, expect, it } from "vitest";
import { VirtualClock } from "#kernel";
import { createApp } from "../../../src/app.ts";
import type { LogEntry } from "../../../src/http/log.ts";
import { FORBIDDEN } from "../../http/forbidden-spellings.ts";
import { type FakeAnswer, type FakeAnswers, fakeUpstream } from "../../support/fake-upstream.ts";
import { worldOf } from "../../support/inbound.ts";

/** The app over a fake upstream, in virtual time. */
function open(answers: FakeAnswers, { isOpen = true, allowLoopback = false } = {}) {
  const clock = new VirtualClock();
  const { state, fetch } = fakeUpstream(clock, answers);
  const logged: LogEntry[] = [];
  const log = (entry: LogEntry) => void logged.push(entry);
  const world = worldOf(clock, fetch);
  const app = createApp({ plans: [], isOpen, allowLoopback, log, world, makeId: () => "made-here" });
  const post = async (body: unknown, headers: Record<string, string> = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return await clock.run(
      Promise.resolve(app.request("/v1/fanout", { method: "POST", body: text, headers })),
    );
  };
  return { app, clock, state, logged, post };
}

const at = (path: string) => `https://api.example.com${path}`;
const requests = (...paths: readonly string[]) => paths.map((path) => ({ url: at(path) }));

describe("POST /v1/fanout", () => {
  const answers: FakeAnswers = {
    "/quick": { afterMs: 10, body: { quick: true } },
    "/slow": { afterMs: 100, body: { slow: true } },
    "/missing": { afterMs: 20, status: 404, body: { error: "gone" } },
    "/down": { afterMs: 5, refuses: true },
    "/hangs": { hangs: true },
    "/text": { raw: "plain", headers: { "Content-Type": "text/plain" } },
    "/bytes": { raw: "\u0000\u0001", headers: { "Content-Type": "application/octet-stream" } },
    "/wrong": { raw: "not json" },
  };

  it("settles: every outcome, in the order of the requests, in the time of the slowest", async () => {
    const { post, clock, logged, state } = open(answers);
    const response = await post({ requests: requests("/slow", "/missing", "/quick", "/down") });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      mode: "settled",
      durationMs: 100,
      results: [
        {
          id: "0",
          ok: true,
          attempts: 1,
          startMs: 0,
          endMs: 100,
          answer: { status: 200, body: { slow: true } },
        },
        { id: "1", ok: false, outcome: "status=404", answer: { status: 404, body: { error: "gone" } } },
        { id: "2", ok: true, answer: { body: { quick: true } } },
        { id: "3", ok: false, outcome: "unreachable" },
      ],
    });
    expect(clock.now()).toBe(100);
    expect(state.open).toBe(0);
    expect(logged).toMatchObject([{ event: "fanout", requestId: "made-here", requests: 4, failed: 2 }]);
  });

  it("takes the first that succeeds, and cancels the rest", async () => {
    const { post, clock, state } = open(answers);
    const response = await post({ mode: "first", requests: requests("/down", "/slow", "/quick", "/hangs") });
    expect(await response.json()).toMatchObject({
      results: [
        { id: "0", ok: false },
        { id: "2", ok: true },
      ],
    });
    expect(clock.now()).toBe(10);
    expect(state.open).toBe(0);
  });

  it("lists every cause when none succeeds", async () => {
    const { post } = open(answers);
    const response = await post({ mode: "first", requests: requests("/down", "/missing") });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({
      type: "urn:manifold:problem:fanout-failed",
      causes: [
        { id: "0", outcome: "unreachable" },
        { id: "1", outcome: "status=404" },
      ],
    });
  });

  it("lists the cause of each address that was tried for a request", async () => {
    const { post } = open(answers);
    const one = { url: at("/down"), fallback: [at("/missing"), at("/down")] };
    const causes = ["unreachable", "status=404", "unreachable"];
    const settled = await post({ requests: [one] });
    expect(await settled.json()).toMatchObject({
      results: [{ outcome: "unreachable", attempts: 3, causes }],
    });
    const first = await post({ mode: "first", requests: [one] });
    expect(await first.json()).toMatchObject({ causes: [{ id: "0", outcome: "unreachable", causes }] });
  });

  it("wants all: the first failure is the answer, and cancels the rest", async () => {
    const { post, clock, state } = open(answers);
    const response = await post({ mode: "all", requests: requests("/quick", "/missing", "/hangs") });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ detail: "Request `1` failed: status=404" });
    expect(clock.now()).toBe(20);
    expect(state.open).toBe(0);
    expect((await post({ mode: "all", requests: requests("/quick", "/text") })).status).toBe(200);
  });

  it("turns to what stands in for an address that failed", async () => {
    const { post } = open(answers);
    const [down, slow] = [at("/down"), at("/slow")];
    const response = await post({ requests: [{ id: "x", url: down, fallback: [at("/missing"), slow] }] });
    expect(await response.json()).toMatchObject({
      results: [{ id: "x", ok: true, attempts: 3, answer: { body: { slow: true } } }],
    });
  });

  it("keeps each request within its time, and all within the deadline", async () => {
    const { post, clock } = open(answers);
    const items = [{ url: at("/hangs"), timeoutMs: 50 }, { url: at("/hangs") }];
    const response = await post({ requests: items, deadlineMs: 300 });
    expect(await response.json()).toMatchObject({
      results: [
        { outcome: "timeout", endMs: 50 },
        { outcome: "timeout", endMs: 300 },
      ],
    });
    expect(clock.now()).toBe(300);
  });

  it("asks nobody when the time is over: neither those who wait for a place, nor who stands in", async () => {
    const { post, state, clock } = open(answers);
    const waiting = requests(...Array.from({ length: 20 }, () => "/hangs"));
    const response = await post({
      concurrency: 2,
      deadlineMs: 100,
      requests: waiting.map((one) => ({ ...one, fallback: [at("/quick")] })),
    });
    const { results } = (await response.json()) as { results: { outcome: string; attempts: number }[] };
    expect(results.map(({ outcome }) => outcome)).toEqual(waiting.map(() => "timeout"));
    expect(results.map(({ attempts }) => attempts)).toEqual(waiting.map((_, index) => (index < 2 ? 1 : 0)));
    expect(state.calls).toEqual(["/hangs", "/hangs"]);
    expect(clock.now()).toBe(100);
  });

  it("runs no more at once than it is told to", async () => {
    const { post, clock, state } = open(answers);
    await post({ requests: requests("/slow", "/slow", "/slow", "/slow"), concurrency: 2 });
    expect(state.mostOpen).toBe(2);
    expect(clock.now()).toBe(200);
  });

  it("hands on what is no JSON as text or base64", async () => {
    const { post } = open(answers);
    const response = await post({ requests: requests("/text", "/bytes", "/wrong") });
    expect(await response.json()).toMatchObject({
      results: [
        { answer: { text: "plain" } },
        { answer: { base64: "AAE=" } },
        { answer: { text: "not json" } },
      ],
    });
  });

  it("hands on JSON that is nested too deeply as text, for to write it as JSON would take all of the stack", async () => {
    const raw = "[".repeat(200_000) + "]".repeat(200_000);
    const { post } = open({ "/deep": { raw } });
    const response = await post({ requests: requests("/deep") });
    expect(await response.json()).toMatchObject({ results: [{ ok: true, answer: { text: raw } }] });
  });

  it("keeps back cookies and what belongs to the connection", async () => {
    const fields = { "Set-Cookie": "a=1", "Keep-Alive": "timeout=5", ETag: '"x"' };
    const { post } = open({ "/quick": { body: 1, headers: fields } });
    const { results } = (await (await post({ requests: requests("/quick") })).json()) as {
      results: { answer: { headers: object } }[];
    };
    expect(results[0]?.answer.headers).toEqual({ "content-type": "application/json", etag: '"x"' });
  });

  it("sends the method, the headers and the body it is told", async () => {
    const { post, state } = open({ "/quick": { body: 1 } });
    await post({ requests: [{ url: at("/quick"), method: "PUT", headers: { "X-A": "1" }, body: "text" }] });
    expect(state.requests[0]).toMatchObject({ method: "PUT", body: "text", headers: { "X-A": "1" } });
  });

  it("follows redirects of a GET, each judged anew, and hands on the others", async () => {
    const to = (location: string) => ({ status: 307, headers: { Location: location } });
    const { post, state } = open({
      "/a": to("https://cdn.example.com/b"),
      "/b": { body: "good" },
      "/inside": to("http://10.0.0.1/"),
    });
    const items = [
      { url: at("/a"), headers: { Authorization: "secret" } },
      { url: at("/inside") },
      { url: at("/a"), method: "POST" },
    ];
    const response = await post({ requests: items });
    expect(await response.json()).toMatchObject({
      results: [
        { ok: true, answer: { body: "good" } },
        { ok: false, outcome: "redirect" },
        { ok: true, answer: { status: 307 } },
      ],
    });
    expect(state.requests.map(({ headers }) => JSON.stringify(headers).includes("secret"))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it("says nothing that is for one origin where another leads, not even back home", async () => {
    const to = (location: string) => ({ status: 302, headers: { Location: location } });
    const { post, state } = open({
      "/a": to("/b"),
      "/b": to("https://evil.example.com/c"),
      "/c": to(at("/admin")),
      "/admin": {},
    });
    await post({ requests: [{ url: at("/a"), headers: { Authorization: "Ada" } }] });
    expect(state.calls).toEqual(["/a", "/b", "/c", "/admin"]);
    const told = state.requests.map(({ headers }) => JSON.stringify(headers).includes("Ada"));
    expect(told).toEqual([true, true, false, false]);
  });

  it("goes nowhere that it is forbidden to, in any spelling, whoever redirects there", async () => {
    // What a field can carry.
    const places = FORBIDDEN.filter((text) => /^[\x21-\x7e]+$/.test(text));
    expect(places.length).toBeGreaterThan(60);
    const answer = (location: string): FakeAnswer => ({ status: 302, headers: { Location: location } });
    const { post, state } = open(
      Object.fromEntries(places.map((text, index) => [`/${index}`, answer(text)])),
    );
    const response = await post({ requests: requests(...places.map((_, index) => `/${index}`)) });
    const { results } = (await response.json()) as { results: { outcome?: string }[] };
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(["redirect"]));
    expect(state.calls).toHaveLength(places.length);
  });

  it("refuses one answer that is too large, and more than the whole may read", async () => {
    const megabyte = JSON.stringify("x".repeat(1024 * 1024 - 2));
    const { post, state } = open({ "/large": { raw: `${megabyte} ` }, "/fits": { raw: megabyte } });
    const response = await post({
      requests: requests("/large", ...Array.from({ length: 26 }, () => "/fits")),
    });
    const { results } = (await response.json()) as { results: { ok: boolean; outcome?: string }[] };
    expect(results[0]).toMatchObject({ ok: false, outcome: "too-large" });
    expect(results.filter(({ ok }) => ok)).toHaveLength(25);
    expect(results.filter(({ outcome }) => outcome === "too-large")).toHaveLength(2);
    const left = await post({
      concurrency: 1,
      requests: requests(...Array.from({ length: 26 }, () => "/fits")).map((one) => ({
        ...one,
        maxBytes: 25 * 1024 * 1024,
      })),
    });
    expect(state.calls).toHaveLength(27 + 25);
    const { results: last } = (await left.json()) as { results: { outcome?: string }[] };
    expect(last[25]?.outcome).toBe("too-large");
    const more = await post({ requests: [{ url: at("/large"), maxBytes: 2 * 1024 * 1024 }] });
    expect(await more.json()).toMatchObject({ results: [{ ok: true }] });
  });

  it.each([
    [
      "application/x-ndjson",
      /^{"event":"result","id":"1".*}\n{"event":"result","id":"0".*}\n{"event":"summary".*}\n$/,
    ],
    [
      "text/event-stream",
      /^id: 0\nevent: result\ndata: .*"id":"1".*\n\nid: 1\n.*\n.*\n\nid: 2\nevent: summary\n/,
    ],
  ])("streams as %s, each result as it lands", async (type, form) => {
    const { post, clock } = open(answers);
    const response = await post({ requests: requests("/slow", "/quick") }, { Accept: type });
    expect(response.headers.get("Content-Type")).toBe(type);
    expect(await clock.run(response.text())).toMatch(form);
  });

  it("ends every call when the client leaves", async () => {
    const { app, clock, state, logged } = open(answers);
    const abort = new AbortController();
    const body = JSON.stringify({ requests: requests("/hangs", "/hangs") });
    const request = new Request("http://localhost/v1/fanout", {
      method: "POST",
      body,
      signal: abort.signal,
    });
    const response = Promise.resolve(app.request(request));
    await clock.advance(10);
    expect(state.open).toBe(2);
    abort.abort();
    expect((await clock.run(response)).status).toBe(499);
    expect(state.open).toBe(0);
    expect(logged).toMatchObject([{ event: "fanout", status: 499 }]);
  });
});

describe("POST /v1/fanout refuses", () => {
  const one = { url: at("/quick") };

  it.each<[string, unknown, string]>([
    ["no JSON", "{", "Expected a body of JSON in UTF-8"],
    ["a list", [], "`the body`"],
    ["no requests", {}, "`requests`"],
    ["0 requests", { requests: [] }, "`requests`"],
    ["1,001 requests", { requests: Array.from({ length: 1_001 }, () => one) }, "`requests`"],
    ["an unknown mode", { requests: [one], mode: "some" }, "`mode`"],
    ["an unknown member", { requests: [one], modes: "all" }, "`the body`"],
    ["an unknown member of an item", { requests: [{ ...one, verb: "GET" }] }, "`requests.0`"],
    ["no URL", { requests: [one, {}] }, "`requests.1.url`"],
    ["a bad URL", { requests: [one, { url: "nowhere" }] }, "`requests.1.url`"],
    ["another scheme", { requests: [{ url: "ftp://example.com/" }] }, "`requests.0.url`"],
    ["this machine", { requests: [{ url: "http://127.1:9100/" }] }, "`requests.0.url`"],
    ["this machine by name", { requests: [{ url: "http://localhost./" }] }, "`requests.0.url`"],
    ["a private address", { requests: [{ url: "http://0x0a000001/" }] }, "`requests.0.url`"],
    ["a password", { requests: [{ url: "https://me:secret@example.com/" }] }, "`requests.0.url`"],
    [
      "a private fallback",
      { requests: [{ ...one, fallback: ["http://[fd00::1]/"] }] },
      "`requests.0.fallback.0`",
    ],
    [
      "a duplicate id",
      {
        requests: [
          { ...one, id: "a" },
          { ...one, id: "a" },
        ],
      },
      "`requests.1.id`",
    ],
    ["an id that a place has", { requests: [{ ...one, id: "1" }, one] }, "`requests.1.id`"],
    ["a body with GET", { requests: [{ ...one, body: "x" }] }, "`requests.0.body`"],
    ["an unknown method", { requests: [{ ...one, method: "TRACE" }] }, "`requests.0.method`"],
    ["a header of the connection", { requests: [{ ...one, headers: { Host: "x" } }] }, "`requests.0.headers"],
    [
      "a header with a line break",
      { requests: [{ ...one, headers: { A: "x\r\nB: y" } }] },
      "`requests.0.headers",
    ],
    ["a timeout of 0", { requests: [{ ...one, timeoutMs: 0 }] }, "`requests.0.timeoutMs`"],
    ["a deadline past the limit", { requests: [one], deadlineMs: 60_001 }, "`deadlineMs`"],
    [
      "more bytes than the whole may read",
      { requests: [{ ...one, maxBytes: 1e9 }] },
      "`requests.0.maxBytes`",
    ],
  ])("%s, naming the item, and fetches nothing", async (_, body, detail) => {
    const { post, state } = open({});
    const response = await post(body);
    expect(response.status).toBe(400);
    const problem = (await response.json()) as { detail: string };
    expect(problem).toMatchObject({ type: "urn:manifold:problem:bad-request", instance: "made-here" });
    expect(problem.detail).toContain(detail);
    expect(JSON.stringify(problem)).not.toContain("secret");
    expect(state.calls).toEqual([]);
  });

  it("a body that is too large, by its length or as it comes", async () => {
    const { app, post } = open({});
    expect((await post(" ".repeat(1024 * 1024 + 1))).status).toBe(413);
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    });
    const init = { method: "POST", body, duplex: "half" } as RequestInit;
    expect((await app.request(new Request("http://localhost/v1/fanout", init))).status).toBe(413);
  });

  it("everyone while the door is shut", async () => {
    const { post, state } = open({}, { isOpen: false });
    expect((await post({ requests: [one] })).status).toBe(503);
    expect(state.calls).toEqual([]);
  });
});
