import { ulid } from "ulid";
import { describe, expect, it, vi } from "vitest";
import { VirtualClock } from "#kernel";
import type { CrawlStub } from "../../src/crawl/stub.ts";
import { bearer, tokenOf, tokensOf } from "../support/tokens.ts";
import { wholeApp } from "../support/whole-app.ts";
import { fakeCrawls } from "./fake-crawls.ts";

const tokens = await tokensOf({ ann: ["crawl"], ci: ["fanout"], bob: ["crawl"] });
const NOBODY = "crawl_01ARZ3NDEKTSV4RRFFQ69G5FAV";

function makeApp() {
  const { crawlFor, plans } = fakeCrawls();
  const clock = new VirtualClock();
  const { app } = wholeApp({ tokens, crawlFor, clock });
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await app.request(path, {
      method,
      headers: { ...bearer(tokenOf(0)), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("Content-Type")?.includes("json") === true && !text.includes("\n");
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? (JSON.parse(text) as unknown) : undefined,
    };
  };
  const start = async () => {
    const { status, headers } = await ask("POST", "/v1/crawls", { startUrls: ["https://a.example.com/"] });
    expect(status).toBe(202);
    return headers.get("Location") ?? "";
  };
  return { app, ask, start, plans, clock, crawlFor };
}

describe("POST /v1/crawls", () => {
  it("starts a crawl, with what is left out filled in, and says where to look", async () => {
    const { ask, start, plans } = makeApp();
    const location = await start();
    expect(location).toMatch(/^\/v1\/crawls\/crawl_[0-9A-Z]{26}$/);
    expect(plans).toEqual([
      {
        startUrls: ["https://a.example.com/"],
        maxPages: 1_000,
        maxDepth: 1_000,
        concurrency: 6,
        scope: "host",
      },
    ]);
    expect(await ask("GET", location)).toMatchObject({
      status: 200,
      json: { state: "running", maxPages: 1_000 },
    });
  });

  it("starts one crawl for a key, and none for another plan under it", async () => {
    const { ask, plans } = makeApp();
    const post = async (key: string, path = "", token = 0) => {
      const headers = { "Idempotency-Key": key, ...bearer(tokenOf(token)) };
      return await ask("POST", "/v1/crawls", { startUrls: [`https://a.example.com/${path}`] }, headers);
    };
    const first = await post('"k-1"');
    expect(first).toMatchObject({ status: 202 });
    const again = await post("k-1");
    expect(again).toMatchObject({ status: 202, text: first.text });
    expect(again.headers.get("Location")).toBe(first.headers.get("Location"));
    expect(plans).toHaveLength(1);
    expect(await post("k-1", "b")).toMatchObject({
      status: 422,
      json: { type: "urn:manifold:problem:idempotency-key-reused" },
    });
    expect((await post("k-2", "b")).headers.get("Location")).not.toBe(first.headers.get("Location"));
    // Each caller has keys of its own.
    expect((await post("k-1", "b", 2)).status).toBe(202);
    expect(plans).toHaveLength(3);
    expect((await post("no key")).status).toBe(400);
  });

  it("answers a replay as before, though the crawl that was repeated is gone", async () => {
    const { ask, start } = makeApp();
    const earlier = await start();
    const body = { startUrls: ["https://a.example.com/"], recrawlOf: earlier.slice("/v1/crawls/".length) };
    const post = async (key: string) => await ask("POST", "/v1/crawls", body, { "Idempotency-Key": key });
    const first = await post("k");
    expect(first.status).toBe(202);
    await ask("DELETE", earlier);
    expect(await post("k")).toMatchObject({ status: 202, text: first.text });
    expect((await post("another")).status).toBe(400);
  });

  it.each([
    ["no URL at all", { startUrls: [] }, "startUrls"],
    ["what is no URL", { startUrls: ["nonsense"] }, "startUrls.0"],
    ["a file", { startUrls: ["https://a.example.com/", "file:///etc/passwd"] }, "startUrls.1"],
    ["this machine", { startUrls: ["http://127.0.0.1/"] }, "startUrls.0"],
    ["this machine in another spelling", { startUrls: ["http://0x7f.1/"] }, "startUrls.0"],
    ["a private network", { startUrls: ["http://10.0.0.1/"] }, "startUrls.0"],
    ["the metadata of a cloud", { startUrls: ["http://169.254.169.254/"] }, "startUrls.0"],
    [
      "a start out of its own scope",
      { startUrls: ["https://a.example.com/"], scope: { deny: ["*"] } },
      "startUrls.0",
    ],
    ["no pages", { startUrls: ["https://a.example.com/"], maxPages: 0 }, "maxPages"],
    [
      "to repeat a crawl that is not there",
      { startUrls: ["https://a.example.com/"], recrawlOf: NOBODY },
      "recrawlOf",
    ],
    ["too many connections", { startUrls: ["https://a.example.com/"], concurrency: 61 }, "concurrency"],
  ])("refuses %s", async (_, body, item) => {
    const { ask, plans } = makeApp();
    expect(await ask("POST", "/v1/crawls", body)).toMatchObject({ status: 400, json: { item } });
    expect(plans).toEqual([]);
  });

  it("refuses a token of another scope", async () => {
    const { ask } = makeApp();
    const body = { startUrls: ["https://a.example.com/"] };
    expect((await ask("POST", "/v1/crawls", body, bearer(tokenOf(1)))).status).toBe(403);
  });
});

describe("GET /v1/crawls/:id/pages", () => {
  it("goes on where its cursor says", async () => {
    const { ask, start } = makeApp();
    const location = await start();
    const first = await ask("GET", `${location}/pages?limit=1`);
    expect(first.json).toMatchObject({ items: [{ url: "https://a.example.com/1" }], cursor: "1" });
    const second = await ask("GET", `${location}/pages?cursor=1`);
    expect(second.json).toMatchObject({ items: [{ url: "https://a.example.com/2" }] });
    expect(second.json).not.toHaveProperty("cursor");
  });

  it("answers with all of them as NDJSON, a page a line", async () => {
    const { ask, start } = makeApp();
    const location = await start();
    const answer = await ask("GET", `${location}/pages?limit=1`, undefined, {
      Accept: "application/x-ndjson",
    });
    expect(answer.headers.get("Content-Type")).toBe("application/x-ndjson");
    const lines = answer.text.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { url: string }).url)).toEqual([
      "https://a.example.com/1",
      "https://a.example.com/2",
    ]);
  });
});

describe("GET /v1/crawls/:id/pages as CSV", () => {
  it("has a head and a line a page, as RFC 4180 has it", async () => {
    const { ask, start } = makeApp();
    const location = await start();
    const { headers, text } = await ask("GET", `${location}/pages?limit=1`, undefined, {
      Accept: "text/csv",
    });
    expect(headers.get("Content-Type")).toBe("text/csv; charset=utf-8; header=present");
    expect(text).toBe(
      "seq,url,status,depth,parent,type,bytes,ms,title,links,etag,modified,hash,note,at,startedAt\r\n" +
        "1,https://a.example.com/1,200,0,,text/html,10,1,,1,,,,,1970-01-01T00:00:00.000Z,\r\n" +
        "2,https://a.example.com/2,200,0,,text/html,10,1,,1,,,,,1970-01-01T00:00:00.000Z,1970-01-01T00:00:01.500Z\r\n",
    );
  });
});

describe("GET /v1/crawls/:id/hosts", () => {
  it("answers with a host each", async () => {
    const { ask, start } = makeApp();
    const { text } = await ask("GET", `${await start()}/hosts`);
    const about = { host: "a.example.com", known: 9, waiting: 3, robots: "has-rules" };
    const error = { lastError: "timeout", lastErrorAt: "1970-01-01T00:00:02.000Z" };
    expect(JSON.parse(text)).toMatchObject({ items: [{ ...about, ...error }] });
    expect(JSON.parse(text)).not.toHaveProperty("cursor");
  });

  it("goes on after the host that its cursor names", async () => {
    const { ask, start } = makeApp();
    const path = `${await start()}/hosts?limit=1`;
    const { cursor } = JSON.parse((await ask("GET", path)).text) as { cursor: string };
    const { text } = await ask("GET", `${path}&cursor=${encodeURIComponent(cursor)}`);
    expect(JSON.parse(text)).toEqual({ items: [] });
    expect((await ask("GET", `${path}&cursor=nonsense`)).status).toBe(400);
  });
});

describe("GET /v1/crawls/:id/archive", () => {
  it("sends of very many files as many as one answer may, breaks, and goes on from a byte", async () => {
    const { crawlFor } = fakeCrawls();
    const files = Array.from({ length: 5_002 }, (_, index) => ({
      key: `${index}`,
      start: index * 2,
      bytes: 2,
    }));
    const segments = async (from: number, limit: number) => {
      const rest = files.filter(({ start, bytes }) => start + bytes > from);
      return await Promise.resolve({ size: 10_004, files: rest.slice(0, limit) });
    };
    const { app } = wholeApp({
      isOpen: true,
      crawlFor: (id) => ({ ...crawlFor(id), segments }),
      archives: {
        get: async (key, { range } = { range: { offset: 0, length: 2 } }) => {
          const { offset, length } = range;
          const { body } = new Response(
            key
              .padStart(2, "0")
              .slice(-2)
              .slice(offset, offset + length),
          );
          return await Promise.resolve(body && { body });
        },
      },
    });
    const ask = async (from: number) => {
      const headers = { Range: `bytes=${from}-` };
      return await app.request(`/v1/crawls/${NOBODY}/archive`, { headers });
    };
    const { body } = await ask(1);
    let text = "";
    const read = async () => {
      for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) text += piece;
    };
    await expect(read()).rejects.toThrow("Range: bytes=10000-");
    expect(text).toHaveLength(9_999);
    expect(await (await ask(10_000)).text()).toBe("0001");
  });
});

describe("GET /v1/crawls/:id/links", () => {
  it("answers with a link a line", async () => {
    const { ask, start } = makeApp();
    const { headers, text } = await ask("GET", `${await start()}/links`);
    expect(headers.get("Content-Type")).toBe("application/x-ndjson");
    const lines = text.trimEnd().split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[2]).toBe('{"from":"https://a.example.com/2","to":"https://a.example.com/x"}');
  });
});

describe("a list of a crawl that is removed while it is read", () => {
  it.each([
    ["pages?limit=1", "application/x-ndjson"],
    ["pages?limit=1", "text/csv"],
    ["links", "*/*"],
    ["cdxj", "*/*"],
  ])("breaks, for it would look whole: %s as %s", async (path, accept) => {
    const { app, start, crawlFor } = makeApp();
    const location = await start();
    const headers = { ...bearer(tokenOf(0)), Accept: accept };
    const { status, body } = await app.request(`${location}/${path}`, { headers });
    expect(status).toBe(200);
    await crawlFor(location.slice("/v1/crawls/".length)).remove();
    await expect(new Response(body).text()).rejects.toThrow("to be there still");
  });
});

describe("GET /v1/crawls/:id/events", () => {
  it("tells how it goes, four times a second, until it ends", async () => {
    const { app, ask, start, clock } = makeApp();
    const location = await start();
    const beginMs = clock.now();
    const response = await app.request(`${location}/events`, { headers: bearer(tokenOf(0)) });
    expect(response.headers.get("Content-Type")).toBe("text/event-stream");
    const text = await clock.run(response.text());
    expect(
      [...text.matchAll(/^event: (.*)\ndata: .*"pages":(\d+).*\nid: (\d+)$/gm)].map((one) => one.slice(1)),
    ).toEqual([
      ["running", "2", "1"],
      ["running", "3", "2"],
      ["all-done", "4", "3"],
    ]);
    expect(clock.now() - beginMs).toBe(500);
    expect((await ask("GET", `${location}/events`, undefined, { "Last-Event-ID": "3" })).status).toBe(204);
  });
});

describe("GET /v1/crawls/:id/why", () => {
  it("says what became of a URL", async () => {
    const { ask, start } = makeApp();
    const location = await start();
    const { json } = await ask("GET", `${location}/why?url=${encodeURIComponent("https://a.example.com/a")}`);
    expect(json).toMatchObject({ verdict: "redirect", to: "/b", depth: 1 });
  });
});

describe("POST /v1/crawls/:id/:steering", () => {
  it.each([
    ["pause", "paused"],
    ["resume", "running"],
    ["stop", "stopped"],
  ])("can %s", async (how, state) => {
    const { ask, start } = makeApp();
    const location = await start();
    expect(await ask("POST", `${location}/${how}`)).toMatchObject({ status: 200, json: { state } });
  });
});

describe("GET /v1/crawls/:id", () => {
  it.each([
    [0, 404],
    [100, 410],
  ])("answers when it knows none %s days after its start: %s", async (days, status) => {
    const clock = new VirtualClock();
    const { app } = wholeApp({
      tokens,
      crawlFor: fakeCrawls().crawlFor,
      clock,
      crawlRetentionMs: 30 * 86_400_000,
    });
    const id = `crawl_${ulid(0, () => 0.5)}`;
    await clock.advance(days * 86_400_000);
    for (const path of ["", "/pages", "/archive", "/diff"]) {
      const response = await app.request(`/v1/crawls/${id}${path}`, { headers: bearer(tokenOf(0)) });
      expect([path, response.status]).toEqual([path, status]);
    }
  });
});

describe("a crawl that cannot be reached", () => {
  it.each([
    ["POST", "/v1/crawls", { startUrls: ["https://a.example.com/"] }],
    ["GET", `/v1/crawls/${NOBODY}`, undefined],
    ["GET", `/v1/crawls/${NOBODY}/pages`, undefined],
    ["POST", `/v1/crawls/${NOBODY}/pause`, undefined],
    ["DELETE", `/v1/crawls/${NOBODY}`, undefined],
  ])("makes %s %s answer 503, with when to ask again", async (method, path, body) => {
    using log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const away = async () => await Promise.reject(new Error("The crawl is away"));
    const stub = Object.fromEntries(Object.keys(fakeCrawls().crawlFor("")).map((name) => [name, away]));
    const { app } = wholeApp({ tokens, crawlFor: () => stub as unknown as CrawlStub });
    const init = { method, headers: bearer(tokenOf(0)), ...(body && { body: JSON.stringify(body) }) };
    const response = await app.request(path, init);
    expect(response.headers.get("Retry-After")).toBe("1");
    expect(await response.json()).toMatchObject({
      status: 503,
      type: "urn:manifold:problem:crawls-unavailable",
    });
    expect(log.mock.calls).toEqual([[expect.stringContaining("The crawl is away")]]);
  });
});

describe("DELETE /v1/crawls/:id", () => {
  it("forgets a crawl, and knows none that it has forgotten", async () => {
    const { ask, start } = makeApp();
    const location = await start();
    expect((await ask("DELETE", location)).status).toBe(204);
    expect((await ask("GET", location)).status).toBe(404);
  });

  it.each([
    ["GET", ""],
    ["GET", "/pages"],
    ["GET", "/hosts"],
    ["GET", "/links"],
    ["GET", "/events"],
    ["GET", "/replay?url=https://a.example.com"],
    ["GET", "/archive"],
    ["GET", "/cdxj"],
    ["GET", "/diff"],
    ["GET", "/why?url=https://a.example.com"],
    ["POST", "/stop"],
    ["DELETE", ""],
  ])("answers 404 to %s …%s of no crawl", async (method, path) => {
    const { ask } = makeApp();
    expect((await ask(method, `/v1/crawls/${NOBODY}${path}`)).status).toBe(404);
  });
});
