import type { ServerResponse } from "node:http";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { BRANCH_FAILED, COUNTRIES, FRANCE, FRANCE_IN_PART, ISLAND, JAPAN } from "./answers.ts";
import { pagesOver, words } from "./pages.ts";
import { json, problem } from "./site.ts";

const { open, site } = pagesOver({
  "/api/countries": json(COUNTRIES),
  "/api/countries/FRA": json(FRANCE, { "X-Request-Id": "req-1", "Server-Timing": "facts;dur=100.5" }),
  "/api/countries/JPN": json(JAPAN),
  "/api/countries/SHN": json(ISLAND),
  "/v1/endpoints": json({ items: [{ name: "GET /api/countries/:code" }], cursor: null }),
});

const listOfCountries = async (page: Page) =>
  await page.locator("datalist option").nth(2).waitFor({ state: "attached" });

const heading = (page: Page, name: string) => page.getByRole("heading", { name, exact: true });

describe("the page", () => {
  it("shows a country that was typed and entered, with its timeline", async () => {
    const page = await open();
    await listOfCountries(page);
    await page.getByLabel("Country").pressSequentially("franc");
    await page.keyboard.press("Enter");
    await heading(page, "France").waitFor();

    expect(await page.locator("rect.bar").count()).toBe(4);
    expect(await words(page, ".headline")).toBe(
      "101 ms together · one after the other it would have taken 398 ms 3.9× as fast",
    );
    expect(await page.locator(".rows").getByRole("listitem").allInnerTexts()).toHaveLength(4);
    expect(await words(page, ".facts")).toContain("Population 66,977,107 Density 121 / km²");
    expect(await words(page, ".cities")).toContain("Paris 2,138,551");
    expect(await words(page, ".airports")).toContain("CDG Charles de Gaulle");
    expect(await words(page, ".headers")).toContain("req-1 Server-Timing facts;dur=100.5");
    expect(await page.title()).toBe("France · Manifold");
    expect(new URL(page.url()).hash).toBe("#FRA");
  });

  it("takes an entry of the list at once", async () => {
    const page = await open();
    await listOfCountries(page);
    // A headless browser has no list to click on; this is what one that has reports.
    await page.evaluate('country.value = "Japan"; country.dispatchEvent(new Event("input"))');
    await heading(page, "Japan").waitFor();
    expect(await page.getByLabel("Country").inputValue()).toBe("");
    expect(await page.getByLabel("Country").getAttribute("placeholder")).toBe("Japan");
  });

  it("says when no country is called like that", async () => {
    const page = await open();
    await listOfCountries(page);
    await page.getByLabel("Country").pressSequentially("Atlantis");
    await page.keyboard.press("Enter");
    expect(await words(page, "#complaint")).toBe("No country is called “Atlantis”");
  });

  it("follows a deep link, a neighbour, and the way back", async () => {
    const page = await open("#fra");
    await heading(page, "France").waitFor();
    site().answer("/api/countries/DEU", json({ facts: { ...FRANCE.facts, name: "Germany" } }));
    await page.getByRole("link", { name: "Germany" }).click();
    await heading(page, "Germany").waitFor();
    expect(new URL(page.url()).hash).toBe("#DEU");
    await page.goBack();
    await heading(page, "France").waitFor();
  });

  it("offers countries to begin with", async () => {
    const page = await open();
    await page.getByRole("button", { name: "Japan" }).click();
    await heading(page, "Japan").waitFor();
    expect(new URL(page.url()).hash).toBe("#JPN");
  });

  it("opens the JSON as it came", async () => {
    const page = await open("#FRA");
    await page.getByText("Raw JSON").click();
    expect(JSON.parse(await page.locator("pre").innerText())).toEqual(FRANCE);
  });

  it("does without a timeline", async () => {
    site().answer("/api/countries/FRA", json({ facts: FRANCE.facts }));
    const page = await open("#FRA");
    await page.getByText("This answer has no timeline").waitFor();
    expect(await page.locator("rect.bar").count()).toBe(0);
  });

  it("shows foreign text as text", async () => {
    const name = '<img src="x" onerror="alert(1)">';
    site().answer("/api/countries/FRA", json({ facts: { ...FRANCE.facts, name } }));
    const page = await open("#FRA");
    await heading(page, name).waitFor();
    expect(await page.locator("img").count()).toBe(0);
  });
});

describe("the page's headers", () => {
  it("forbid all that is inline and all that is from elsewhere", async () => {
    const { headers } = await fetch(site().url);
    const policy = headers.get("Content-Security-Policy")?.split("; ");
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(policy?.join()).not.toContain("unsafe");
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("Referrer-Policy")).toBe("no-referrer");
  });
});

describe("the page, when something fails", () => {
  it("says in its place why a part is missing", async () => {
    site().answer(
      "/api/countries/FRA",
      json(FRANCE_IN_PART, { "Manifold-Incomplete": "airports;status=503, cities;timeout" }),
    );
    const page = await open("#FRA");
    await heading(page, "France").waitFor();
    expect(await page.locator(".note").allInnerTexts()).toEqual([
      "cities: upstream took too long",
      "airports: upstream answered 503",
    ]);
    expect(await words(page, ".rows")).toContain("airports status=503");
    expect(await words(page, ".request")).toContain("200 incomplete");
  });

  it("shows a problem with its detail, its request id and its timeline", async () => {
    site().answer("/api/countries/FRA", problem(BRANCH_FAILED));
    const page = await open("#FRA");
    await heading(page, "An upstream failed").waitFor();
    expect(await words(page, ".card")).toContain("Branch facts answered with status 500");
    expect(await words(page, ".request-id")).toBe("Request req-2");
    expect(await words(page, ".branches")).toContain("facts status=500 3 95 ms");
    expect(await page.locator("rect.bar").count()).toBe(2);
    expect(await words(page, ".headline")).toBe("96 ms until it gave up");
  });

  it("shows an answer that is no JSON for what it is", async () => {
    site().answer("/api/countries/FRA", (response) => response.writeHead(200).end("<h1>Proxy</h1>"));
    const page = await open("#FRA");
    await heading(page, "This page does not understand the answer").waitFor();
    await page.getByText("Raw body").click();
    expect(await page.locator("pre").innerText()).toBe("<h1>Proxy</h1>");
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ["does not come", (response) => void response.destroy()],
    ["breaks off", (response) => void response.write("{", () => response.destroy())],
  ])("offers to try again when the answer %s", async (_, fail) => {
    site().answer("/api/countries/FRA", fail);
    const page = await open("#FRA");
    await heading(page, "No answer came").waitFor();
    expect(await words(page, ".request")).toContain("no answer");
    site().reset();
    await page.getByRole("button", { name: "Try again" }).click();
    await heading(page, "France").waitFor();
  });

  it("loads the list of countries again", async () => {
    site().answer("/api/countries", (response) => void response.destroy());
    const page = await open("#FRA");
    await heading(page, "France").waitFor();
    site().reset();
    await page.getByRole("button", { name: "Load it again" }).click();
    await listOfCountries(page);
    expect(await page.getByRole("button", { name: "Load it again" }).count()).toBe(0);
  });
});

describe("the page, when another country is picked meanwhile", () => {
  it("cancels the request before and stays with the newer answer", async () => {
    const asked = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    site().answer("/api/countries/FRA", (response) => {
      response.on("close", left.resolve);
      asked.resolve();
    });
    const page = await open("#FRA");
    await asked.promise;
    await listOfCountries(page);
    await page.getByLabel("Country").pressSequentially("jpn");
    await page.keyboard.press("Enter");
    await left.promise;
    await heading(page, "Japan").waitFor();
    expect(await page.title()).toBe("Japan · Manifold");
  });
});

describe("the page on a phone", () => {
  it.each(["#SHN", "#FRA", ""])("has nothing that sticks out at %j", async (hash) => {
    site().answer("/api/countries/FRA", problem(BRANCH_FAILED));
    const page = await open(hash, { width: 360, height: 740 });
    if (hash === "") await page.getByRole("button", { name: "France" }).waitFor();
    else await page.getByText("Raw JSON").click();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  });
});
