import { describe, expect, it } from "vitest";
import { endpoint, upstream } from "../src/aggregate/endpoint.ts";
import { bearer, tokenOf, tokensOf } from "./support/tokens.ts";
import { wholeApp } from "./support/whole-app.ts";

const tokens = await tokensOf({ ci: ["fanout"], ops: ["admin"] });
const [CI, OPS] = [tokenOf(0), tokenOf(1)];
/** Node wants to be told that a body is a stream; workerd does not mind. */
const STREAMING = { duplex: "half" } as const;
const LOCAL = "http://127.0.0.1:8787";

const from = upstream("atlas", { origin: "https://atlas.example.com", forward: ["Authorization"] });
const open = endpoint("GET /api/open").branch("a", { from, get: "/a" });
const scoped = endpoint("GET /api/scoped", { scope: "fanout" }).branch("a", { from, get: "/a" });
const config = { endpoints: [open, scoped] };

/** The app over an upstream that says how long its answers may be kept, and what was sent there. */
function makeApp(
  options: Parameters<typeof wholeApp>[0] = {},
  cacheControl = "public, max-age=60, must-revalidate",
) {
  const sent: Headers[] = [];
  const fetch = async (_: string, { headers }: RequestInit) => {
    sent.push(new Headers(headers));
    return await Promise.resolve(Response.json({}, { headers: { "Cache-Control": cacheControl } }));
  };
  return { ...wholeApp({ tokens, config, fetch, ...options }), sent };
}

describe("the door", () => {
  it("says of no path under /v1 whether it is there to who is not known", async () => {
    const { app } = makeApp();
    expect((await app.request("/v1/nowhere")).status).toBe(401);
    expect((await app.request("/v1/nowhere", { headers: bearer(CI) })).status).toBe(404);
    expect((await app.request("/v1", { headers: bearer(CI) })).status).toBe(404);
  });

  it.each([
    "/v1/endpoints/",
    "//v1/endpoints",
    "/v1//endpoints",
    "/V1/endpoints",
    "/%76%31/endpoints",
    "/v1/%65ndpoints",
    "/v1%2fendpoints",
    "/v1%2Fendpoints",
    "/v1/./endpoints",
    "/api/../v1/endpoints",
    "/api/%2e%2e/v1/endpoints",
    "/api\\..\\v1\\endpoints",
    "/v1;x/endpoints",
    "/v1/endpoints;x",
    "/v1/endpoints%00",
    "/v1/endpoints%3f",
    "/v1\tendpoints",
    "/./v1/endpoints#x",
  ])("shows nothing behind it to who writes the path as %j", async (path) => {
    const { app } = makeApp();
    for (const method of ["GET", "HEAD", "POST", "OPTIONS", "PUT"]) {
      const { status } = await app.request(new Request(`https://a.example${path}`, { method }));
      expect([401, 404]).toContain(status);
    }
  });

  it("takes no body from who is not known", async () => {
    let isRead = false;
    const body = new ReadableStream({ pull: () => void (isRead = true) }, { highWaterMark: 0 });
    const request = new Request("https://a.example/v1/fanout", { method: "POST", body, ...STREAMING });
    expect((await makeApp().app.request(request)).status).toBe(401);
    expect(isRead).toBe(false);
  });

  it("guards an endpoint that asks for a scope, and no other", async () => {
    const { app } = makeApp();
    expect((await app.request("/api/open")).status).toBe(200);
    expect((await app.request("/api/scoped")).status).toBe(401);
    expect((await app.request("/api/scoped", { method: "HEAD" })).status).toBe(401);
    expect((await app.request("/api/scoped", { headers: bearer(CI) })).status).toBe(200);
    expect((await app.request("/api/scoped", { method: "HEAD", headers: bearer(CI) })).status).toBe(200);
    expect((await wholeApp({ config }).app.request("/api/scoped")).status).toBe(503);
  });

  it.each([
    ["public, max-age=60, must-revalidate", "private, max-age=60, must-revalidate"],
    ["private, max-age=60", "private, max-age=60"],
    ["no-store", "no-store"],
  ])("keeps what a token got, which may be kept as `%s`, from shared caches", async (said, answered) => {
    const { app } = makeApp({}, said);
    const response = await app.request("/api/scoped", { headers: bearer(CI) });
    expect(response.headers.get("Cache-Control")).toBe(answered);
  });

  it("keeps our tokens from upstreams, and lets theirs pass", async () => {
    const { app, sent } = makeApp();
    await app.request("/api/open", { headers: bearer(OPS) });
    await app.request("/api/scoped", { headers: bearer(CI) });
    await app.request("/api/open", { headers: bearer("theirs") });
    expect(sent.map((headers) => headers.get("Authorization"))).toEqual([null, null, "Bearer theirs"]);
  });

  it("shows a timeline to `admin`, and to everyone where it is open", async () => {
    const ask = async (url: string, headers: Record<string, string>, isOpen = false) => {
      const response = await makeApp({ isOpen }).app.request(url, { headers });
      return Object.hasOwn((await response.json()) as object, "_timeline");
    };
    expect(await ask("/api/open?_timeline=1", bearer(OPS))).toBe(true);
    expect(await ask("/api/open?_timeline=1", bearer(CI))).toBe(false);
    expect(await ask("/api/open?_timeline=1", {})).toBe(false);
    expect(await ask("/api/open", bearer(OPS))).toBe(false);
    expect(await ask(`${LOCAL}/api/open?_timeline=1`, {}, true)).toBe(true);
    expect(await ask("https://a.example/api/open?_timeline=1", {}, true)).toBe(false);
  });

  it("says how answers under /v1 are not to be used, refusals included", async () => {
    const { app } = makeApp();
    for (const response of [
      await app.request("/v1/endpoints"),
      await app.request("/v1/endpoints", { headers: bearer(OPS) }),
      await app.request("/v1/nowhere", { headers: bearer(OPS) }),
    ]) {
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "strict-transport-security": "max-age=31536000",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "x-request-id": "made-here",
      });
    }
  });

  it("lets nobody guess the type of any answer", async () => {
    for (const path of ["/api/open", "/healthz", "/openapi.json", "/nowhere"]) {
      const { headers } = await makeApp().app.request(path);
      expect([headers.get("X-Content-Type-Options"), headers.get("X-Request-Id")]).toEqual([
        "nosniff",
        "made-here",
      ]);
    }
  });
});

describe("a list of hosts", () => {
  const hosts = ["*.example.com"];
  const elsewhere = "https://elsewhere.example.org/";
  /** The status, and what is said of the address or of the one request. */
  const post = async (path: string, body: object) => {
    const asked: string[] = [];
    const fetch = async (url: string) => {
      asked.push(url);
      return await Promise.resolve(new Response(null, { status: 302, headers: { Location: elsewhere } }));
    };
    const { app } = makeApp({ hosts, fetch });
    const init = { method: "POST", headers: bearer(OPS), body: JSON.stringify(body) };
    return { text: await (await app.request(path, init)).text(), asked };
  };

  it("is all that a fan-out may ask, and be redirected to", async () => {
    const direct = await post("/v1/fanout", { requests: [{ url: elsewhere }] });
    expect(direct).toMatchObject({
      text: expect.stringContaining("is not among the hosts allowed here") as string,
      asked: [],
    });
    const redirected = await post("/v1/fanout", {
      requests: [{ url: "https://a.example.com/" }],
      mode: "settled",
    });
    expect(redirected).toMatchObject({
      text: expect.stringContaining('"outcome":"redirect"') as string,
      asked: ["https://a.example.com/"],
    });
  });

  it("is all that a crawl may begin at", async () => {
    const crawl = async (url: string) => (await post("/v1/crawls", { startUrls: [url] })).text;
    expect(await crawl(elsewhere)).toContain('"item":"startUrls.0"');
    expect(await crawl("https://a.example.com/")).toContain('"state":"running"');
  });
});

describe("pages of other origins", () => {
  const origin = "https://app.example.com";
  const allowedOrigins = [origin];
  const preflight = {
    Origin: origin,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization",
  };

  it.each(["/api/open", "/v1/endpoints"])("read %s when they are listed", async (path) => {
    const { headers, status } = await makeApp({ allowedOrigins }).app.request(path, {
      headers: { ...bearer(OPS), Origin: origin },
    });
    expect(status).toBe(200);
    expect(headers.get("Access-Control-Allow-Origin")).toBe(origin);
    expect(headers.get("Access-Control-Allow-Credentials")).toBeNull();
    const readable = headers.get("Access-Control-Expose-Headers")?.split(",");
    for (const name of ["X-Request-Id", "Retry-After", "RateLimit", "Manifold-Limit", "Content-Range"]) {
      expect(readable).toContain(name);
    }
    expect(headers.get("Vary")).toContain("Origin");
  });

  it("may ask first whether they may, without a token", async () => {
    const { headers, status } = await makeApp({ allowedOrigins }).app.request("/v1/fanout", {
      method: "OPTIONS",
      headers: preflight,
    });
    expect(status).toBe(204);
    expect(Object.fromEntries(headers)).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-headers": "authorization",
      "access-control-allow-methods": expect.stringContaining("POST") as string,
      "access-control-max-age": "600",
    });
  });

  it("are not what `OPTIONS` is about by itself: it says what a path takes", async () => {
    const { app } = makeApp({ allowedOrigins });
    const options = async (path: string, headers: Record<string, string> = bearer(OPS)) =>
      await app.request(path, { method: "OPTIONS", headers: { ...headers, Origin: origin } });
    expect((await options("/v1/endpoints")).headers.get("Allow")).toBe("GET, HEAD, OPTIONS");
    expect((await options("/api/open")).headers.get("Allow")).toBe("GET, HEAD, OPTIONS");
    expect((await options("/api/nowhere")).status).toBe(404);
    expect((await options("/v1/endpoints", {})).status).toBe(401);
  });

  it("read a refusal as well", async () => {
    const { headers, status } = await makeApp({ allowedOrigins }).app.request("/v1/fanout", {
      method: "POST",
      headers: { Origin: origin },
    });
    expect(status).toBe(401);
    expect(headers.get("Access-Control-Allow-Origin")).toBe(origin);
  });

  it.each([
    ["of another origin", { allowedOrigins }, "https://evil.example.com"],
    ["of any origin where none is listed", {}, origin],
  ])("read nothing when they are %s", async (_, options, from2) => {
    const { app } = makeApp(options);
    const asked = await app.request("/v1/fanout", {
      method: "OPTIONS",
      headers: { ...preflight, Origin: from2 },
    });
    const read = await app.request("/api/open", { headers: { Origin: from2 } });
    for (const { headers } of [asked, read]) expect(headers.get("Access-Control-Allow-Origin")).toBeNull();
    const used = await app.request("/v1/endpoints", { headers: { ...bearer(OPS), Origin: from2 } });
    expect(used.status).toBe(403);
  });

  it("may not use a door that is open to this machine", async () => {
    const { app } = makeApp({ isOpen: true });
    const ask = async (headers: Record<string, string>) =>
      (await app.request(`${LOCAL}/v1/endpoints`, { headers })).status;
    expect(await ask({})).toBe(200);
    expect(await ask({ Origin: LOCAL })).toBe(200);
    expect(await ask({ Origin: "https://evil.example.com" })).toBe(403);
    expect(await ask({ Origin: "null" })).toBe(403);
  });
});
