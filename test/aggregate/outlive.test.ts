import { describe, expect, it, vi } from "vitest";
import { VirtualClock } from "#kernel";
import { endpoint, upstream } from "../../src/aggregate/endpoint.ts";
import { type FakeAnswers, fakeUpstream } from "../support/fake-upstream.ts";
import { wholeApp } from "../support/whole-app.ts";

const from = upstream("atlas", { origin: "https://atlas.example.com", timeoutMs: 1_000 });
const endpoints = [
  endpoint("GET /api/kept").branch("a", {
    from,
    get: "/a",
    cache: { freshMs: 100, staleWhileRevalidateMs: 10_000 },
  }),
  endpoint("GET /api/chain")
    .branch("a", { from, get: "/a" })
    .branch("b", { from, get: "/b", needs: ["a"] }),
  endpoint("GET /api/broken")
    .branch("a", { from, get: "/a" })
    .branch("b", {
      from,
      get: () => {
        throw new Error("a bug");
      },
    }),
];

/** The app on a platform that lets nothing run on that was not handed to it. */
function open(answers: FakeAnswers) {
  const clock = new VirtualClock();
  const { state, fetch } = fakeUpstream(clock, answers);
  const { app } = wholeApp({ config: { endpoints }, clock, fetch });
  const ask = (path: string, init: RequestInit = {}) => {
    let held = 0;
    const waitUntil = (work: Promise<unknown>) => {
      held += 1;
      void work.then(() => (held -= 1));
    };
    const context = { waitUntil, passThroughOnException: () => undefined, props: {} };
    const request = new Request(`http://manifold.example${path}`, init);
    // Hono asks for nothing more of a context.
    const response = Promise.resolve(app.request(request, undefined, {}, context as never));
    return { response, held: () => held };
  };
  return { clock, state, ask };
}

describe("what outlives an answer is handed to the platform", () => {
  it("and nothing is of an answer that nothing outlives", async () => {
    const { clock, ask } = open({ "/a": { afterMs: 50 }, "/b": { afterMs: 50 } });
    const { response, held } = ask("/api/chain");
    expect((await clock.run(response)).status).toBe(200);
    expect(held()).toBe(0);
  });

  it("such as a refresh, until it has ended", async () => {
    const { clock, state, ask } = open({ "/a": { afterMs: 50 } });
    await clock.run(ask("/api/kept").response);
    await clock.advance(200);
    const { response, held } = ask("/api/kept");
    expect((await clock.run(response)).status).toBe(200);
    expect([held(), state.open]).toEqual([1, 1]);
    await clock.advance(50);
    expect([held(), state.open]).toEqual([0, 0]);
  });

  it("such as what a stream has still to say, one call after the other", async () => {
    const { clock, state, ask } = open({ "/a": { afterMs: 50 }, "/b": { afterMs: 50 } });
    const { response, held } = ask("/api/chain", { headers: { Accept: "application/x-ndjson" } });
    const text = (await clock.run(response)).text();
    expect([held(), state.calls]).toEqual([1, ["/a"]]);
    await clock.advance(50);
    expect([held(), state.calls]).toEqual([1, ["/a", "/b"]]);
    await clock.advance(50);
    expect(held()).toBe(0);
    expect(await text).toContain('"event":"summary","status":200');
  });

  it.each([
    ["whose client leaves", "/api/chain"],
    ["in which the configuration has a bug", "/api/broken"],
  ])("such as a call that others wait for, of a request %s", async (_, path) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { clock, state, ask } = open({ "/a": { afterMs: 50 } });
    const abort = new AbortController();
    const one = ask(path, { signal: abort.signal });
    const other = ask("/api/kept");
    await clock.advance(10);
    abort.abort();
    expect((await one.response).status).toBeGreaterThanOrEqual(499);
    log.mockRestore();
    expect([one.held(), state.calls]).toEqual([1, ["/a"]]);
    expect((await clock.run(other.response)).status).toBe(200);
    expect([one.held(), other.held(), state.open]).toEqual([0, 0, 0]);
  });
});
