import { describe, expect, it } from "vitest";
import { proxyWith } from "../companion/proxy/proxy-with.ts";
import { GREETING, webOrigin } from "../companion/proxy/web-origin.ts";
import { surroundings } from "../companion/surroundings.ts";
import { launchBrowser } from "../support/browser.ts";
import { until } from "./product.ts";

const PAGE = (url: string) => `<!doctype html><title>waiting</title><script type="module">
  const text = await (await fetch("/more", { cache: "no-store" })).text();
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  new WebSocket(scheme + "://" + location.host).onmessage = ({ data }) => { document.title = text + ", " + data; };
</script><a href="${url}">here</a>`;

describe("the companion's proxy, behind a browser", () => {
  it("gets a page, what the page fetches and its WebSocket, by http and through tunnels", async () => {
    const around = surroundings();
    await using proxy = await proxyWith({ credentials: "user:pass" }, around);
    await using origin = await webOrigin("/nowhere", { "/page.html": PAGE, "/more": () => "fetched" });
    const browser = await launchBrowser();
    try {
      const context = await browser.newContext({
        proxy: { server: `http://${proxy.address}`, username: "user", password: "pass" },
        ignoreHTTPSErrors: true,
      });
      const page = await context.newPage();
      for (const url of [origin.url, origin.secureUrl]) {
        await page.goto(`${url}/page.html`);
        await page.waitForFunction(`document.title === ${JSON.stringify(`fetched, ${GREETING}`)}`);
      }
    } finally {
      await browser.close();
    }
    const passed = (event: string) => around.logged.filter((line) => line["event"] === event && line["ok"]);
    await until(() => passed("request").length >= 2 && passed("tunnel").length >= 2);
    expect(around.logged).toContainEqual(expect.objectContaining({ event: "request", kind: "credentials" }));
  });
});
