import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { findBarriers } from "../support/accessibility.ts";
import { BRANCH_FAILED } from "./answers.ts";
import { pagesOver, words } from "./pages.ts";
import { DEEP, LANDINGS, SUMMARY } from "./plans.ts";
import { EVENT_STREAM, events, type Handler, json, problem, toEvent } from "./site.ts";

const ENDPOINTS = { items: [{ name: "GET /api/things" }, { name: DEEP.name }], cursor: null };
const REFUSED = {
  title: "No one is let in yet",
  status: 503,
  detail: "No API tokens are configured",
  instance: "req-9",
};

const { open, site } = pagesOver({
  "/v1/endpoints": json(ENDPOINTS),
  [`/v1/endpoints/${DEEP.name}`]: json(DEEP),
  "/v1/endpoints/GET /api/things": json({ ...DEEP, name: "GET /api/things" }),
  "/api/things/7": events(...LANDINGS, SUMMARY),
});

describe("the page of an endpoint", () => {
  it("offers what the configuration has, and opens it with its plan", async () => {
    const page = await open("#/");
    await page.getByRole("link", { name: "GET /api/things/:id" }).waitFor();
    await page.getByLabel("Endpoint").selectOption(DEEP.name);
    await page.locator(".graph .node").nth(3).waitFor();
    expect(new URL(page.url()).hash).toBe("#/api/things/:id");
    expect(await page.locator(".edge").count()).toBe(6);
    expect(await page.locator(".node.critical").count()).toBe(3);
    expect(await page.locator(".heading.queued").textContent()).toContain("9 at once, 3 of them wait");
    expect(await page.title()).toBe("/api/things/:id · Manifold");
    expect(await words(page, ".costs")).toContain("order → customer → invoice");
    expect(await words(page, ".costs")).toContain("needs the paid plan the free one allows 50");
  });

  it("asks for a token where the door is shut, keeps it for the tab, and forgets it when told to", async () => {
    const page = await open("#/");
    const shut = (handler: Handler): Handler => {
      const refuse = json({ title: "Who asks is not known", status: 401 }, {}, 401);
      return (response) =>
        response.req.headers.authorization === "Bearer mf_right" ? handler(response) : refuse(response);
    };
    site().answer("/v1/endpoints", shut(json(ENDPOINTS)));
    await page.reload();
    await page.getByLabel("Token").fill("mf_wrong");
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByText("401").waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByLabel("Token").fill(" mf_right ");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "GET /api/things/:id" }).waitFor();
    await page.reload();
    await page.getByRole("link", { name: "GET /api/things/:id" }).waitFor();
    await page.getByRole("button", { name: "Forget the token" }).click();
    await page.reload();
    await page.getByLabel("Token").waitFor();
    expect(await page.getByRole("button", { name: "Forget the token" }).count()).toBe(0);
  });

  it("says in words what the graph shows", async () => {
    const page = await open("#/api/things/7");
    const drawing = page.getByRole("img", { name: /wave 3: invoice. Critical path: order, then customer/ });
    await drawing.waitFor();
    await page.getByText("The plan in words").click();
    expect(await words(page, ".words")).toContain("invoice /things of atlas: optional; waits for customer");
  });

  it("asks for the parameters that are missing before it runs", async () => {
    const page = await open("#/api/things/:id");
    await page.getByRole("button", { name: "Run" }).click();
    expect(await page.locator("input:invalid").getAttribute("id")).toBe("param-id");
    await page.getByLabel("id").fill("7");
    await page.getByLabel("Query").fill("?q=a#b");
    await page.keyboard.press("Enter");
    await page.getByText("200 incomplete").waitFor();
    expect(new URL(page.url()).hash).toBe("#/api/things/7?q=a%23b");
  });

  it("draws a run: calls, marks, notes, gain, and the same in words", async () => {
    const page = await open("#/api/things/7");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("200 incomplete").waitFor();
    expect(await words(page, ".headline")).toContain("200 ms together");
    expect(await words(page, ".rows li:nth-child(1)")).toBe("order ok 2 calls: 1 retry 0 – 90 ms");
    expect(await words(page, ".rows li:nth-child(3)")).toBe("prices ok cached 0 – 1 ms");
    expect(await words(page, ".rows li:nth-child(4)")).toBe(
      "invoice timeout 3 calls: 1 second copy, 1 stand-in 130 – 200 ms upstream took too long",
    );
    expect(await page.locator(".bars .mark.retry").count()).toBe(1);
    expect(await page.locator(".bars .mark.hedge").count()).toBe(1);
    expect(await page.locator(".bars .mark.fallback").count()).toBe(1);
    expect(await page.locator(".bars .call.hollow").count()).toBe(4);
    expect(await words(page, ".chart .legend")).toContain("retry second copy stand-in");
    await page.getByText("All 6 calls").click();
    expect(await words(page, ".table-frame tbody tr:nth-child(2)")).toBe("order retry atlas ok 50 ms 40 ms");
    expect(await page.locator(".node.good").count()).toBe(3);
    expect(await words(page, ".results .headers")).toContain("req-3");
  });

  it("shows foreign text as text", async () => {
    const page = await open("#/api/things/7");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("200 incomplete").waitFor();
    await page.locator(".result summary", { hasText: "customer" }).click();
    expect(await page.locator(".result pre").innerText()).toBe('"<b>Ada</b>"');
  });

  it("grows a bar for each branch as it lands, and can be stopped", async () => {
    const asked = Promise.withResolvers<ServerResponse>();
    const left = Promise.withResolvers<void>();
    site().answer("/api/things/7", (response) => {
      response.on("close", left.resolve);
      response.writeHead(200, EVENT_STREAM).write(toEvent(LANDINGS[0]));
      asked.resolve(response);
    });
    const page = await open("#/api/things/7");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("1 of 4: order ok").waitFor();
    expect(await words(page, ".rows")).toContain("customer running");
    expect(await words(page, ".rows")).toContain("invoice waiting");
    expect(await page.locator(".node.busy").count()).toBe(2);
    (await asked.promise).write(toEvent(LANDINGS[1]));
    await page.getByText("2 of 4: prices ok").waitFor();
    expect(await page.locator(".bar.busy").count()).toBe(1);

    await page.getByRole("button", { name: "Stop" }).click();
    await left.promise;
    await page.getByRole("status").getByText("stopped").waitFor();
    expect(await words(page, ".rows")).toContain("customer cancelled");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Run");
  });

  it("moves the bars of what runs for those who want motion", async () => {
    site().answer("/api/things/7", (response) => {
      response.writeHead(200, EVENT_STREAM).write(toEvent(LANDINGS[0]));
    });
    const page = await open("#/api/things/7", undefined, "no-preference");
    await page.getByRole("button", { name: "Run" }).click();
    await page.locator(".live .bar.busy").first().waitFor();
    const width = async () => await page.locator(".live .bar.busy").first().getAttribute("width");
    const before = await width();
    await expect.poll(width).not.toBe(before);
  });

  it("forgets a run when another endpoint is opened", async () => {
    const page = await open("#/api/things/7");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("200 incomplete").waitFor();
    await page.getByLabel("Endpoint").selectOption("GET /api/things");
    await page.getByText("Not run yet").waitFor();
    await page.goBack();
    await page.getByLabel("id").waitFor();
    expect(await page.getByLabel("id").inputValue()).toBe("7");
  });
});

describe("the page of an endpoint, when something fails", () => {
  it.each(["#/", "#/api/things/7"])("says at %s why there is no list of endpoints", async (hash) => {
    site().answer("/v1/endpoints", problem(REFUSED));
    const page = await open(hash);
    await page.getByRole("heading", { name: REFUSED.title }).waitFor();
    expect(await words(page, ".card")).toContain("No API tokens are configured Request req-9");
    site().reset();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByLabel("Endpoint").waitFor();
  });

  it("says where the plan would be why there is none, and runs all the same", async () => {
    site().answer(`/v1/endpoints/${DEEP.name}`, problem(REFUSED));
    const page = await open("#/api/things/7");
    await page.getByText("req-9").waitFor();
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("200 incomplete").waitFor();
    expect(await page.locator(".rows").getByRole("listitem").count()).toBe(4);
  });

  it("says at the branch what went wrong, with the request id", async () => {
    const { _timeline, ...failed } = BRANCH_FAILED;
    const summary = { status: 502, durationMs: 96, incomplete: "", problem: failed, _timeline };
    site().answer("/api/things/7", events(["summary", summary]));
    const page = await open("#/api/things/7");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByRole("heading", { name: "An upstream failed" }).waitFor();
    expect(await words(page, ".trouble")).toBe("Branch facts answered with status 500 · request req-2");
    expect(await words(page, ".headline")).toBe("96 ms until it gave up");
  });

  it("keeps what has landed when the answer breaks off", async () => {
    const asked = Promise.withResolvers<ServerResponse>();
    site().answer("/api/things/7", (response) => {
      response.writeHead(200, EVENT_STREAM).write(toEvent(LANDINGS[0]));
      asked.resolve(response);
    });
    const page = await open("#/api/things/7");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("1 of 4: order ok").waitFor();
    (await asked.promise).destroy();
    await page.getByRole("heading", { name: "No answer came" }).waitFor();
    expect(await words(page, ".rows")).toContain("order ok");
    expect(await words(page, ".rows")).toContain("customer unknown");
    site().reset();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("200 incomplete").waitFor();
  });

  it("does without the Worker's timeline", async () => {
    const summary = { status: 200, durationMs: 200, incomplete: null };
    site().answer("/api/things/7", events(...LANDINGS, ["summary", summary]));
    const page = await open("#/api/things/7");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("Times as seen from here").waitFor();
    expect(await page.locator(".bars .bar").count()).toBe(4);
  });

  it("lists the endpoints when the address names none of them", async () => {
    const page = await open("#/api/nothing");
    await page.getByText("No endpoint answers at /api/nothing").waitFor();
    expect(await page.locator(".endpoints li").count()).toBe(2);
  });
});

describe("the page of an endpoint, for everyone", () => {
  it.each([
    ["on a desk", { width: 1280, height: 900 }],
    ["on a phone", { width: 360, height: 740 }],
  ])("has no serious barrier and nothing that sticks out %s", async (_, size) => {
    const page = await open("#/", size);
    await page.locator(".endpoints").waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole("link", { name: "GET /api/things/:id" }).click();
    await page.getByLabel("id").fill("7");
    await page.keyboard.press("Enter");
    await page.getByText("200 incomplete").waitFor();
    for (const summary of await page.locator("summary").all()) await summary.click();
    expect(await findBarriers(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(size.width);
  });

  it("shows only endpoints where none is of countries", async () => {
    const page = await open();
    await page.locator(".endpoints").waitFor();
    expect(await page.getByRole("link", { name: "Countries" }).count()).toBe(0);
  });

  it("loads at most 100 kB of compressed script", async () => {
    const html = await (await fetch(site().url)).text();
    const sources = Array.from(html.matchAll(/<script[^>]+src="([^"]+)"/g), ([, source]) => source ?? "");
    expect(sources).toHaveLength(1);
    const script = await (await fetch(new URL(sources[0] ?? "", site().url))).bytes();
    const compressed = new Response(script).body?.pipeThrough(new CompressionStream("gzip"));
    expect((await new Response(compressed).bytes()).length).toBeLessThan(100_000);
  });
});
