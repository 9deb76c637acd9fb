import { describe, expect, it } from "vitest";
import { fetchTask } from "../../src/handlers/fetch.ts";
import { attempt, type Given } from "./run.ts";

const NOW_MS = Date.UTC(2026, 10, 25, 12);
const type = fetchTask(() => NOW_MS);
const url = "https://api.example.com/things";

const to = (location: string, status = 302) =>
  new Response(null, { status, headers: { Location: location } });
const run = async (payload: object, answer: Given["answer"]) =>
  await attempt(type, { url, ...payload }, { answer });

describe("fetchTask", () => {
  it("keeps a text as it is, and what says what it is", async () => {
    const headers = { "Content-Type": "text/plain", ETag: '"1"', "Set-Cookie": "a=b" };
    const { result } = await run({}, () => new Response("Grüße\n", { headers }));
    expect(result).toMatchObject({
      status: 200,
      body: "Grüße\n",
      encoding: "text",
      isTruncated: false,
      headers: { "content-type": "text/plain", etag: '"1"' },
    });
    expect(JSON.stringify(result)).not.toContain("a=b");
  });

  it("keeps no field that is as long as a body", async () => {
    const headers = { ETag: `"${"x".repeat(1_000)}"`, "Last-Modified": "then" };
    const { result } = await run({}, () => new Response("there", { headers }));
    expect(result).toMatchObject({ headers: { "last-modified": "then" } });
    expect(JSON.stringify(result)).not.toContain("xxx");
  });

  it.each([
    ["bytes that are no text", Uint8Array.of(0xff, 0xfe, 0x41)],
    ["control characters", Uint8Array.of(0, 1, 2)],
  ])("keeps %s in base64", async (_, bytes) => {
    const { result } = await run({}, () => new Response(bytes));
    expect(result).toMatchObject({ body: btoa(String.fromCharCode(...bytes)), encoding: "base64" });
  });

  it("keeps no more than it may, no half character, and lets go of the rest", async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode("aé")),
      cancel: () => void (cancelled = true),
    });
    const { result } = await run({ maxBytes: 5 }, () => new Response(body));
    expect(result).toMatchObject({ body: "aéa", isTruncated: true });
    expect(cancelled).toBe(true);
  });

  it("keeps whole what is just as long as it may be", async () => {
    const { result } = await run({ maxBytes: 5 }, () => new Response("12345"));
    expect(result).toMatchObject({ body: "12345", isTruncated: false });
  });

  it("says by a key that a write may be a repetition", async () => {
    const { seen } = await run({ method: "POST", body: "{}" }, () => new Response("done"));
    expect(seen[0]?.body).toBe("{}");
    expect(seen[0]?.headers.get("Idempotency-Key")).toBe('"task-1"');
  });

  it("follows redirects, and leaves the caller's fields at home", async () => {
    const { seen, result } = await run({ headers: { Authorization: "Bearer x" } }, ({ url: at }) =>
      at === url
        ? to("/moved")
        : at.endsWith("/moved")
          ? to("https://other.example.com/x")
          : new Response("there"),
    );
    expect(seen.map((request) => [request.url, request.headers.get("Authorization")])).toEqual([
      [url, "Bearer x"],
      ["https://api.example.com/moved", "Bearer x"],
      ["https://other.example.com/x", null],
    ]);
    expect(result).toMatchObject({ body: "there" });
  });

  it("shows the caller's fields no more once it was elsewhere, and lets go of what redirects", async () => {
    const released: string[] = [];
    const redirect = (from: string, location: string) =>
      new Response(new ReadableStream({ cancel: () => void released.push(from) }), {
        status: 302,
        headers: { Location: location },
      });
    const { seen } = await run({ headers: { Authorization: "Bearer x" } }, ({ url: at }) => {
      if (at === url) return redirect("home", "https://other.example.com/x");
      return at.endsWith("/x") ? redirect("elsewhere", `${url}/again`) : new Response("there");
    });
    expect(seen.map((request) => request.headers.get("Authorization"))).toEqual(["Bearer x", null, null]);
    expect(released).toEqual(["home", "elsewhere"]);
  });

  it.each(["http://169.254.169.254/latest", "http://localhost/", "http://10.0.0.1/", "ftp://example.com/"])(
    "does not go to %s, neither at once nor by a redirect",
    async (address) => {
      const direct = await run({ url: address }, () => new Response("secret"));
      expect([direct.error, direct.seen]).toMatchObject([{ name: "NotRetryableError" }, []]);
      const redirected = await run({}, () => to(address));
      expect(redirected.error).toMatchObject({ name: "NotRetryableError" });
      expect(redirected.seen).toHaveLength(1);
    },
  );

  it("goes only where the configuration lets it, where there is a list of hosts", async () => {
    const hosts = ["api.example.com"];
    const answer = ({ url: at }: { readonly url: string }) =>
      at === url ? to("https://b.example.com/x") : new Response("there");
    const redirected = await attempt(type, { url }, { answer, hosts });
    expect(redirected).toMatchObject({ error: { name: "NotRetryableError" }, seen: [{ url }] });
    expect((await attempt(type, { url: "https://b.example.com/x" }, { answer, hosts })).seen).toEqual([]);
  });

  it("does not take a body to another origin", async () => {
    const { error, seen } = await run({ method: "POST", body: "secret" }, () =>
      to("https://b.example.com/", 307),
    );
    expect([error, seen.length]).toMatchObject([{ name: "NotRetryableError" }, 1]);
  });

  it.each([
    ["POST", 301, "GET", ""],
    ["POST", 302, "GET", ""],
    ["POST", 303, "GET", ""],
    ["POST", 307, "POST", "x"],
    ["PUT", 301, "PUT", "x"],
    ["PUT", 303, "GET", ""],
    ["PATCH", 302, "PATCH", "x"],
    ["DELETE", 302, "DELETE", "x"],
    ["HEAD", 303, "HEAD", ""],
  ])("asks again after %s and %d with %s and %j", async (method, status, then, body) => {
    const payload = method === "HEAD" ? { method } : { method, body: "x" };
    const { seen } = await run(payload, ({ url: at }) =>
      at === url ? to("/moved", status) : new Response(null),
    );
    expect(seen[1]).toMatchObject({ method: then, body });
  });

  it("gives up on redirects that go on", async () => {
    const { error, seen } = await run({}, () => to("/again"));
    expect([error, seen.length]).toMatchObject([{ message: "It answered with status 302" }, 6]);
  });

  it.each([
    [404, {}, { name: "NotRetryableError" }],
    [500, {}, { name: "Error" }],
    [429, { "Retry-After": "3" }, { name: "RetryAfterError", retryAfterMs: 3_000 }],
  ])("fails after a %d with %j as it should", async (status, headers, error) => {
    const outcome = await run({}, () => new Response("", { status, headers: new Headers(headers) }));
    expect(outcome.error).toMatchObject(error);
  });

  it.each([
    { headers: { Host: "other" } },
    { headers: { "Bad name": "x" } },
    { method: "GET", body: "x" },
    { method: "TRACE" },
    { maxBytes: 1_000_000 },
    { header: { Accept: "text/plain" } },
  ])("refuses %j before it is stored", async (payload) => {
    const { issues } = await type.payload["~standard"].validate({ url, ...payload });
    expect(issues).toHaveLength(1);
  });
});
