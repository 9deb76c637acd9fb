import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { watchMemory } from "../../../bench/harness/process-tree.ts";
import type { Server } from "../../../bench/harness/server.ts";
import { startManifold } from "../../../bench/harness/workerd.ts";
import { until } from "../../e2e/product.ts";
import { type HostileServer, startHostileServer } from "./hostile/server.ts";

/** The largest body that is read. */
const MAX_BYTES = 4 * 1024 * 1024;
/** What a runtime may take for it, with six pages at once; what a bomb becomes is a gigabyte. */
const MOST_BYTES = 400 * 1024 * 1024;

interface Page {
  readonly url: string;
  readonly status: number;
  readonly bytes: number;
  readonly note?: string;
}

let host: HostileServer;
let product: Server;
beforeAll(async () => {
  host = await startHostileServer();
  product = await startManifold({}, new URL("hostile/manifold.config.ts", import.meta.url));
});
afterAll(async () => {
  await product[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

/** Crawls it from a path to the end. */
async function crawl(path: string, plan: Readonly<Record<string, unknown>> = {}) {
  const body = JSON.stringify({ startUrls: [host.url + path], maxPages: 1_000, ...plan });
  const response = await fetch(`${product.url}/v1/crawls`, { method: "POST", body });
  expect(response.status).toBe(202);
  const { id } = (await response.json()) as { readonly id: string }; // as the routes' tests show
  const get = async <T>(rest = ""): Promise<T> =>
    (await (await fetch(`${product.url}/v1/crawls/${id}${rest}`)).json()) as T; // as the routes' tests show
  let view = { state: "running", counts: {} };
  await until(async () => {
    view = await get();
    return view.state !== "running";
  });
  const { items } = await get<{ readonly items: readonly Page[] }>("/pages?limit=100");
  return {
    ...view,
    page: (of: string) => items.find(({ url }) => url === host.url + of),
    why: async (of: string) => await get(`/why?url=${encodeURIComponent(host.url + of)}`),
  };
}

describe("a crawl of a host that means no good", () => {
  let found: Awaited<ReturnType<typeof crawl>>;
  let peakBytes: number;
  beforeAll(async () => {
    using memory = watchMemory(product.pid);
    found = await crawl("/");
    peakBytes = memory.peakBytes;
  });

  it("ends, and takes a bounded amount of memory", () => {
    expect(found.state).toBe("all-done");
    expect(peakBytes).toBeLessThan(MOST_BYTES);
  });

  it.each(["/gzip", "/br", "/endless", "/million"])(
    "takes as much of %s as may be read, and notes that there is more",
    (path) => {
      expect(found.page(path)).toMatchObject({ status: 200, note: "body-too-large", bytes: MAX_BYTES });
      expect(host.sent.get(path)).toBeLessThan(8 * MAX_BYTES);
    },
  );

  it("reads nothing in a coding that it did not ask for", () => {
    for (const path of ["/deflate", "/shouted"])
      expect(found.page(path)).toMatchObject({ status: 200, note: "coding-not-read", bytes: 0 });
  });

  it("keeps some thousand links of a page with many, and notes that there are more", () => {
    expect(found.page("/many")).toMatchObject({ note: "more-links-than-kept", links: 5_000 });
  });

  it.each([
    ["/drip", "timeout"],
    ["/silent", "timeout"],
    ["/headers", "connection-failed"],
    ["/lies", "connection-failed"],
    ["/short", "connection-failed"],
    ["/hop/10", "too-many-redirects"],
  ])("gives %s up: %s", async (path, rule) => {
    expect(await found.why(path)).toMatchObject({ verdict: "failed", rule });
  });

  it("follows redirects in a circle once", async () => {
    for (const path of ["/loop1", "/loop2", "/self"]) {
      expect(host.asked.filter((one) => one === path)).toHaveLength(1);
      expect(await found.why(path)).toMatchObject({ verdict: "redirect" });
    }
    expect(host.asked).not.toContain("/hop/11");
  });

  it("goes by the beginning of a robots.txt of 10 MB", async () => {
    expect(await found.why("/forbidden")).toMatchObject({ verdict: "kept-out", rule: "robots" });
    expect(host.asked).not.toContain("/forbidden");
  });

  it("makes of wrong charsets and bytes what it can", () => {
    for (const path of ["/charset", "/utf16", "/bytes"])
      expect(found.page(path)).toMatchObject({ status: 200 });
    for (const path of ["/found1", "/found3"]) expect(found.page(path)).toMatchObject({ status: 200 });
  });

  it("leaves a calendar of queries after so many, and one of paths at its cap", async () => {
    expect(host.asked.filter((path) => path.startsWith("/calendar"))).toHaveLength(100);
    const { state, counts } = await crawl("/day/0", { maxPages: 50 });
    expect([state, counts]).toMatchObject(["max-pages", { pages: 50 }]);
  });
});
