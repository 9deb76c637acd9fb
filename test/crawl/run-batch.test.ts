import { describe, expect, it } from "vitest";
import { Semaphore, VirtualClock } from "#kernel";
import { createJudge } from "../../src/crawl/judge.ts";
import { DEFAULT_SETTINGS } from "../../src/crawl/plan.ts";
import { runBatch } from "../../src/crawl/run-batch.ts";
import { memoryGates } from "./memory-gates.ts";
import { type FakeAnswers, fakeUpstream } from "../support/fake-upstream.ts";

const HTML = { "Content-Type": "text/html" };
const html = (raw: string, headers: Readonly<Record<string, string>> = {}) => ({
  raw,
  headers: { ...HTML, ...headers },
});
const policy = { allowLoopback: false };

async function run(
  paths: readonly string[],
  answers: FakeAnswers,
  settings: Partial<typeof DEFAULT_SETTINGS> = {},
) {
  const clock = new VirtualClock();
  const { fetch, state } = fakeUpstream(clock, { "/robots.txt": { status: 404 }, ...answers });
  const asked: number[] = [];
  const gates = memoryGates(clock);
  const startUrls = ["https://a.example.com/"];
  const urls = paths.map((path, index) => ({
    id: index + 1,
    url: new URL(path, startUrls[0]).href,
    host: "a.example.com",
  }));
  const report = await clock.run(
    runBatch(
      { lease: 1, urls },
      {
        fetch: async (url, init) => {
          asked.push(clock.now());
          return await fetch(url, init);
        },
        clock,
        epochMs: () => clock.now(),
        hash: async (bytes) => await Promise.resolve(String(bytes.length)),
        judge: createJudge({ scope: "host", startUrls }, policy),
        settings: { ...DEFAULT_SETTINGS, ...settings },
        policy,
        who: "crawl-1",
        gateFor: (host) => gates.gateFor(host),
        rules: new Map(),
        connections: new Semaphore(6),
        isWanted: () => true,
      },
    ),
  );
  return { report, calls: state.calls, asked, results: report.results };
}

describe("runBatch", () => {
  it("asks one after the other, with a pause of five times what the last answer took", async () => {
    const { asked } = await run(["/1", "/2", "/3"], {
      "/1": { ...html(""), afterMs: 200 },
      "/2": { ...html(""), afterMs: 10 },
      "/3": html(""),
    });
    // 200 ms and 1,000 of pause; 10 ms and 500, the floor.
    expect(asked).toEqual([0, 0, 1_200, 1_710]);
  });

  it("keeps to the delay of a robots.txt", async () => {
    const robots = { raw: "User-agent: *\nCrawl-delay: 3" };
    const { asked } = await run(["/1", "/2"], { "/robots.txt": robots, "/1": html(""), "/2": html("") });
    expect(asked).toEqual([0, 0, 3_000]);
  });

  it("leaves a host alone that asks for it, and hands back what is left", async () => {
    const { results, calls } = await run(["/1", "/2"], {
      "/1": { status: 503, headers: { "Retry-After": "60" } },
    });
    expect(results).toMatchObject([
      { kind: "retry", reason: "status-503", afterMs: 60_000, page: { status: 503 } },
      { kind: "deferred", afterMs: 60_000 },
    ]);
    expect(calls).toEqual(["/robots.txt", "/1"]);
  });

  it.each<[name: string, answers: FakeAnswers, robots: number, result: object]>([
    ["500", { "/robots.txt": { status: 500 } }, 1, { kind: "retry", reason: "robots-unreachable" }],
    ["429", { "/robots.txt": { status: 429 } }, 1, { kind: "retry", reason: "robots-unreachable" }],
    ["nothing", { "/robots.txt": { refuses: true } }, 1, { kind: "retry", reason: "robots-unreachable" }],
    ["403", { "/robots.txt": { status: 403 } }, 1, { kind: "page" }],
    [
      "a redirect to rules",
      {
        "/robots.txt": { status: 301, headers: { Location: "/r" } },
        "/r": { raw: "User-agent: *\nDisallow: /" },
      },
      2,
      { kind: "kept-out", reason: "robots" },
    ],
    [
      "a redirect into a private network",
      { "/robots.txt": { status: 301, headers: { Location: "http://10.0.0.1/robots.txt" } } },
      1,
      { kind: "retry", reason: "robots-unreachable" },
    ],
    [
      "redirects without end",
      { "/robots.txt": { status: 302, headers: { Location: "/robots.txt" } } },
      6,
      { kind: "page" },
    ],
  ])("takes a robots.txt of %s for what RFC 9309 says", async (_, answers, robots, result) => {
    const { report } = await run(["/1"], { "/1": html(""), ...answers });
    expect(report).toMatchObject({ robots, results: [result] });
  });

  it.each<[name: string, answer: FakeAnswers[string], result: object]>([
    [
      "a page",
      html("<title>T</title><a href=/b>"),
      { page: { title: "T", links: 1 }, found: [{ host: "a.example.com" }] },
    ],
    ["a body that is too large", html("x".repeat(1_001)), { page: { note: "body-too-large", bytes: 1_000 } }],
    [
      "an image",
      { raw: "x", headers: { "Content-Type": "image/png" } },
      { page: { note: "type-not-read", bytes: 0 } },
    ],
    ["what is not there", { status: 404 }, { page: { status: 404, note: "error-status" } }],
    ["a server that fails", { status: 500 }, { kind: "retry", reason: "status-500" }],
    ["nobody", { refuses: true }, { kind: "retry", reason: "connection-failed" }],
    ["who never answers", { hangs: true }, { kind: "retry", reason: "timeout" }],
    ["a body without end", { ...html("abcd"), body2: "hangs" }, { kind: "retry", reason: "timeout" }],
    [
      "a body that breaks",
      { ...html("abcd"), body2: "breaks" },
      { kind: "retry", reason: "connection-failed" },
    ],
    [
      "a header that forbids to follow",
      html("<a href=/b>", { "X-Robots-Tag": "otherbot: noindex, manifoldbot: nofollow" }),
      { page: { note: "nofollow" }, found: [] },
    ],
    [
      "a header that forbids it to another",
      html("<a href=/b>", { "X-Robots-Tag": "otherbot: nofollow" }),
      { found: [{ host: "a.example.com" }] },
    ],
    [
      "links out of scope",
      html("<a href=//b.example.com><a href=http://10.0.0.1>"),
      { page: { links: 2 }, found: [] },
    ],
    [
      "a redirect",
      { status: 302, headers: { Location: "/b" } },
      { kind: "redirect", to: "https://a.example.com/b", target: { host: "a.example.com" } },
    ],
    [
      "a redirect into a private network",
      { status: 302, headers: { Location: "http://127.0.0.1/" } },
      { kind: "redirect", to: "http://127.0.0.1/" },
    ],
  ])("makes of %s what it is", async (_, answer, result) => {
    const { results } = await run(["/1"], { "/1": answer }, { maxBytes: 1_000 });
    expect(results).toMatchObject([result]);
    if (results[0]?.kind === "redirect" && results[0].to.includes("127")) {
      expect(results[0]).not.toHaveProperty("target");
    }
  });
});
