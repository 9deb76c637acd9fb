import { json as readJson } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { eventReader } from "../../console/fanout/fanout-stream.ts";
import { fanoutOf, mistakeIn, readFanout, writeFanout } from "../../console/fanout/fanout.ts";
import { findBarriers } from "../support/accessibility.ts";
import { pagesOver, words } from "./pages.ts";
import { EVENT_STREAM, events, type Handler, json, problem, toEvent } from "./site.ts";

const [A, B] = ["https://a.example/", "https://b.example/"];
const resultOf = (id: string, startMs: number, endMs: number, outcome?: string) => ({
  id,
  startMs,
  endMs,
  attempts: 1,
  ok: outcome === undefined,
  ...(outcome !== undefined && { outcome }),
});
const summary = (ok = true) => ({ ok, mode: "settled", count: 2, durationMs: 120 });

const { open, site } = pagesOver({
  "/v1/endpoints": json({ items: [], cursor: null }),
  "/v1/fanout": events(
    ["result", resultOf(`2 ${B}`, 0.4, 80)],
    ["result", resultOf(`1 ${A}`, 0.2, 120, "status=503")],
    ["summary", summary()],
  ),
});

async function run(urls = `${A}\n\n ${B} `, width = 1280) {
  const page = await open("#fanout", { width, height: 800 });
  await page.getByLabel("URLs, one a line").fill(urls);
  await page.getByRole("button", { name: "Run" }).click();
  return page;
}

describe("the page of a fan-out", () => {
  it("sends what is asked, and draws a bar for each request as it lands", async () => {
    let body: unknown;
    let goOn = () => {};
    const handler: Handler = (response) => {
      void readJson(response.req).then((sent) => {
        body = sent;
        response.writeHead(200, EVENT_STREAM).write(toEvent(["result", resultOf(`2 ${B}`, 0.4, 80)]));
        goOn = () =>
          response.end(
            [toEvent(["result", resultOf(`1 ${A}`, 0.2, 120)]), toEvent(["summary", summary()])].join(""),
          );
      });
    };
    site().answer("/v1/fanout", handler);
    const page = await run();
    await page.getByText("1 of 2 have ended").waitFor({ state: "attached" });
    expect(await words(page, ".chart")).toMatch(
      /^1 https:\/\/a.example\/ running .* 2 https:\/\/b.example\/ ok/,
    );
    expect(body).toEqual({
      requests: [
        { id: `1 ${A}`, url: A },
        { id: `2 ${B}`, url: B },
      ],
      mode: "settled",
    });
    goOn();
    await page.getByText("one after the other").waitFor();
    expect(await words(page, ".headline")).toContain("120 ms together");
    expect(await words(page, ".chart")).toContain("0.2 – 120 ms");
    expect(await page.locator(".chart .bar").count()).toBe(2);
  });

  it("says what it ended for, where it ends with the first failure", async () => {
    site().answer(
      "/v1/fanout",
      events(["result", resultOf(`2 ${B}`, 0, 80, "timeout")], ["summary", summary(false)]),
    );
    const page = await open("#fanout");
    await page.getByLabel("URLs, one a line").fill(`${A}\n${B}`);
    await page.getByLabel("It ends").selectOption("all");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByRole("alert").waitFor();
    const alert = await words(page, ".failure");
    expect(alert).toContain("502 The requests did not succeed 2 https://b.example/ failed: timeout");
    expect(alert).toContain("Request req-3");
    expect(await words(page, ".chart")).toContain(`1 ${A} cancelled`);
  });

  it("says why nothing was asked, and keeps what was written", async () => {
    site().answer("/v1/fanout", problem({ title: "Bad", status: 400, detail: "the address is private" }));
    const page = await run("http://10.0.0.1/");
    await page.getByText("the address is private").waitFor();
    expect(await page.getByLabel("URLs, one a line").inputValue()).toBe("http://10.0.0.1/");
    site().reset();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("one after the other").waitFor();
  });

  it("asks for a token where one is needed", async () => {
    const opened = events(["result", resultOf(`1 ${A}`, 0, 9)], ["summary", summary()]);
    site().answer("/v1/fanout", (response) => {
      const isKnown = response.req.headers.authorization === "Bearer mf_token";
      (isKnown ? opened : problem({ title: "No", status: 401 }))(response);
    });
    const page = await run();
    await page.getByLabel("Token").fill("mf_token");
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByText("one after the other").waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  it("stops when it is told to", async () => {
    site().answer("/v1/fanout", (response) => response.writeHead(200, EVENT_STREAM).flushHeaders());
    const page = await run();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("until it gave up").waitFor();
    expect(await words(page, ".chart")).toContain(`1 ${A} cancelled`);
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Run");
  });

  it.each([1280, 360])(
    "has no serious barrier and nothing that sticks out, %i pixels wide",
    async (width) => {
      const page = await run(undefined, width);
      await page.getByText("one after the other").waitFor();
      expect(await findBarriers(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      await page.getByRole("button", { name: "Run" }).focus();
      expect(await page.getByRole("link", { name: "Fan-out" }).getAttribute("aria-current")).toBe("page");
    },
  );
});

describe("fanoutOf", () => {
  it("has a name of its own for each URL, and no longer one than the API takes", () => {
    const long = `${A}${"x".repeat(200)}`;
    const { requests } = fanoutOf(`${A}\r\n${A}\n\n${long}`, "first");
    expect(requests.map(({ url }) => url)).toEqual([A, A, long]);
    expect(new Set(requests.map(({ id }) => id)).size).toBe(3);
    expect(Math.max(...requests.map(({ id }) => id.length))).toBe(128);
  });

  it.each([
    [0, "Expected a URL at least."],
    [1, ""],
    [100, ""],
    [101, "Expected 100 URLs at most, got 101; the API itself takes a thousand."],
  ])("of %i URLs, says %s", (count, mistake) => {
    expect(mistakeIn(fanoutOf(`${A}\n`.repeat(count), "all"))).toBe(mistake);
  });

  it("is read as it was written", () => {
    const fanout = fanoutOf(A, "first");
    expect(readFanout(writeFanout(fanout))).toEqual(fanout);
  });
});

describe("eventReader", () => {
  it.each([
    ["first", "No request succeeded"],
    ["all", `\`1 ${A}\` failed: timeout`],
  ] as const)("says what a fan-out failed for in mode %s", (mode, detail) => {
    const read = eventReader(fanoutOf(A, mode));
    read("result", resultOf(`1 ${A}`, 0, 9, "timeout"));
    const problemOf = { title: "The requests did not succeed", detail };
    expect(read("summary", summary(false))).toMatchObject({ summary: { status: 502, problem: problemOf } });
    expect(read("news", {})).toBeUndefined();
  });
});
