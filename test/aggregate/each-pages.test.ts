import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import type { Json } from "../../src/aggregate/branch-options.ts";
import { endpoint, upstream } from "../../src/aggregate/endpoint.ts";
import { url } from "../../src/aggregate/target.ts";
import { answerOf, isolate, labels, NOTHING } from "./harness.ts";

const atlas = upstream("atlas", { origin: "https://atlas.example" });
const Country = z.object({ code: z.string(), borders: z.array(z.string()) });
const Name = z.object({ code: z.string(), name: z.string() });

const base = endpoint("GET /api/countries/:code", { lanes: false }).branch("facts", {
  from: atlas,
  get: "/countries/:code",
  schema: Country,
});
const facts = { body: { code: "FRA", borders: ["BEL", "DEU", "BEL", "XXX"] } };
const item = (code: string) => ({ code, name: `The ${code}` });

describe("each", () => {
  const batched = base.each("neighbours", {
    from: atlas,
    needs: ["facts"],
    of: ({ needs }) => needs.facts.borders,
    batch: { size: 2, key: ({ code }) => code },
    get: ({ elements }) => url`/countries?codes=${elements}`,
    schema: Name,
    attach: (code, country) => {
      expectTypeOf(code).toBeString();
      expectTypeOf(country).toEqualTypeOf<{ code: string; name: string } | null>();
      return `${code}: ${country?.name ?? "unknown"}`;
    },
  });

  it("asks once for each key, many in a call, and attaches the results in the elements' order", async () => {
    const { ask, plan, state } = isolate(batched, {
      "/countries/FRA": facts,
      "/countries?codes=BEL,DEU": { body: [item("DEU"), item("BEL")] },
      "/countries?codes=XXX": { body: [] },
    });
    const { body } = await answerOf(plan, await ask({ params: { code: "FRA" } }));
    expect(body).toMatchObject({
      neighbours: ["BEL: The BEL", "DEU: The DEU", "BEL: The BEL", "XXX: unknown"],
    });
    expect(state.calls).toEqual(["/countries/FRA", "/countries?codes=BEL,DEU", "/countries?codes=XXX"]);
  });

  it("carries its result's type to `respond`", () => {
    batched.respond(({ neighbours }) => expectTypeOf(neighbours).toEqualTypeOf<string[]>());
    const plain = base.each("x", { from: atlas, of: () => [1, 2], get: ({ elements }) => url`/${elements}` });
    plain.respond(({ x }) => expectTypeOf(x).toEqualTypeOf<(Json | null)[]>());
  });

  const single = (partial: boolean) =>
    base.each("neighbours", {
      from: atlas,
      needs: ["facts"],
      of: ({ needs }) => needs.facts.borders,
      get: ({ elements: [code = ""] }) => url`/countries/${code}`,
      partial,
    });
  const answers = {
    "/countries/FRA": facts,
    "/countries/BEL": { afterMs: 20, body: "Belgium" },
    "/countries/DEU": { afterMs: 20, body: "Germany" },
  };

  it("makes a call for each key where the upstream takes one at a time, all at once", async () => {
    const { ask, clock, state, leftovers } = isolate(single(true), answers);
    const outcomes = await ask({ params: { code: "FRA" } });
    expect(outcomes[1]).toMatchObject({ kind: "ok", value: ["Belgium", "Germany", "Belgium", null] });
    expect(state.calls).toHaveLength(4);
    expect(clock.now()).toBe(20);
    expect(leftovers()).toEqual(NOTHING);
  });

  it("says so when a call failed and it took what there was: then nobody keeps the answer", async () => {
    const fresh = { headers: { "Cache-Control": "max-age=60" } };
    const { ask, plan } = isolate(single(true), {
      ...answers,
      "/countries/FRA": { ...facts, ...fresh },
      "/countries/BEL": fresh,
      "/countries/DEU": fresh,
      "/countries/XXX": (count) => ({ status: count === 1 ? 503 : 404 }),
    });
    const asked = async () => await answerOf(plan, await ask({ params: { code: "FRA" } }));
    const failed = await asked();
    expect(failed.body).toMatchObject({ neighbours: [{}, {}, {}, null] });
    expect(failed.headers.get("Manifold-Incomplete")).toBe("neighbours;partial");
    expect(failed.headers.get("Cache-Control")).toBe("no-store");
    // That there is no such country is an answer; but nobody says for how long.
    const whole = await asked();
    expect(whole.body).toEqual(failed.body);
    expect(whole.headers.get("Manifold-Incomplete")).toBeNull();
    expect(whole.headers.get("Cache-Control")).toBe("max-age=0");
  });

  it("asks once for each of ten thousand elements that are alike, with no key among them", async () => {
    const elements = Array.from({ length: 10_000 }, (_, index) => [null, "x", undefined, "null"][index % 4]);
    const many = endpoint("GET /api/many").each("many", {
      from: atlas,
      of: () => elements,
      get: ({ elements: [one] }) => url`/${String(one)}`,
    });
    const { ask, state } = isolate(many, {
      "/x": { body: 1 },
      "/null": { body: 2 },
      "/undefined": { body: 3 },
    });
    const [outcome] = await ask();
    expect(outcome).toMatchObject({ kind: "ok", value: elements.map((_, index) => [2, 1, 3, 2][index % 4]) });
    expect(state.calls).toHaveLength(3);
  });

  it.each([
    ["batch.key", { batch: { size: 2, key: (one: { code: string }) => one.code.trim() } }],
    ["attach", { attach: (_: unknown, value: unknown) => (value as { code: string }).code.trim() }],
  ] as const)("takes a `%s` that cannot use what came for a failure of its branch", async (name, options) => {
    const unchecked = endpoint("GET /api/x").each("x", {
      from: atlas,
      of: () => ["a"],
      get: () => url`/x`,
      optional: true,
      ...(options as object),
    });
    const { ask } = isolate(unchecked, { "/x": { body: name === "attach" ? {} : [null] } });
    const [outcome] = await ask();
    expect(outcome).toMatchObject({
      kind: "failed",
      error: { fault: { reason: `\`${name}\` cannot use it` } },
    });
  });

  it("fails with its first failed call unless it takes what there is, and cancels the others", async () => {
    const { ask, clock, leftovers } = isolate(single(false), answers);
    expect(labels(await ask({ params: { code: "FRA" } }))).toEqual({ facts: "ok", neighbours: "status=404" });
    expect(clock.now()).toBe(0);
    expect(leftovers()).toEqual(NOTHING);
  });

  it("refuses more elements than it is told to take, before any call", async () => {
    const { ask, state } = isolate(
      base.each("many", {
        from: atlas,
        of: () => [1, 2, 3],
        max: 2,
        get: ({ elements }) => url`/${elements}`,
      }),
      answers,
    );
    expect(labels(await ask({ params: { code: "FRA" } }))).toMatchObject({ many: "too-many" });
    expect(state.calls).toEqual(["/countries/FRA"]);
  });

  it("fails when a call for many is not answered with a list", async () => {
    const { ask } = isolate(batched, { "/countries/FRA": facts, "/countries?codes=BEL,DEU": { body: {} } });
    expect(labels(await ask({ params: { code: "FRA" } }))).toMatchObject({ neighbours: "invalid" });
  });
});

describe("pages", () => {
  const list = endpoint("GET /api/list");
  const City = z.object({ name: z.string() });
  const cities = (...names: readonly string[]) => names.map((name) => ({ name }));

  it("reads by number until a page comes back short", async () => {
    const paged = list.pages("cities", {
      from: atlas,
      by: "number",
      size: 2,
      get: ({ page }) => url`/cities?page=${page}`,
      schema: z.array(City),
    });
    paged.respond((results) => expectTypeOf(results.cities).toEqualTypeOf<{ name: string }[]>());
    const { ask, state } = isolate(paged, {
      "/cities?page=1": { body: cities("a", "b") },
      "/cities?page=2": { body: cities("c", "d") },
      "/cities?page=3": { body: cities("e") },
    });
    expect((await ask())[0]).toMatchObject({ kind: "ok", value: cities("a", "b", "c", "d", "e") });
    expect(state.calls).toHaveLength(3);
  });

  it("reads a page of a million items", async () => {
    const paged = list.pages("cities", { from: atlas, by: "number", size: 1, maxPages: 1, get: "/cities" });
    const { ask } = isolate(paged, { "/cities": { raw: `[${"1,".repeat(999_999)}1]` } });
    const [outcome] = await ask();
    expect(outcome?.kind === "ok" && (outcome.value as unknown[]).length).toBe(1_000_000);
  });

  it.each(["items", "next"])(
    "takes an `%s` that cannot use a page for a failure of its branch",
    async (name) => {
      const fails = (page: unknown) => (page as { of: { a: never } }).of.a;
      const paged = list.pages("cities", {
        from: atlas,
        by: "cursor",
        get: "/cities",
        items: () => [],
        next: () => undefined,
        [name]: fails,
      });
      const { ask } = isolate(paged, { "/cities": { body: {} } });
      expect((await ask())[0]).toMatchObject({
        error: { fault: { kind: "invalid", reason: `\`${name}\` cannot use it` } },
      });
    },
  );

  it("reads by cursor, put into the query", async () => {
    const paged = list.pages("cities", {
      from: atlas,
      by: "cursor",
      get: "/cities?size=1",
      cursorField: "after",
      schema: z.object({ items: z.array(City), next: z.string().optional() }),
      items: (page) => page.items,
      next: (page) => page.next,
    });
    const { ask } = isolate(paged, {
      "/cities?size=1": { body: { items: cities("a"), next: "x/y" } },
      "/cities?size=1&after=x%2Fy": { body: { items: cities("b") } },
    });
    expect((await ask())[0]).toMatchObject({ kind: "ok", value: cities("a", "b") });
  });

  it("reads by Link header, and goes to no other origin", async () => {
    const paged = list.pages("cities", { from: atlas, by: "link", get: "/cities" });
    const link = (target: string) => ({ Link: `<${target}>; rel="next"` });
    const { ask } = isolate(paged, {
      "/cities": { body: cities("a"), headers: link("/cities?p=2") },
      "/cities?p=2": (count) =>
        count === 1 ? { body: cities("b") } : { body: [], headers: link("https://elsewhere.example/cities") },
    });
    expect((await ask())[0]).toMatchObject({ kind: "ok", value: cities("a", "b") });
    expect(labels(await ask())).toEqual({ cities: "redirect" });
  });

  it("stops at the cap, and fails on a cursor that comes again", async () => {
    const endless = list.pages("cities", {
      from: atlas,
      by: "number",
      size: 1,
      maxPages: 3,
      get: ({ page }) => url`/cities?page=${page}`,
    });
    const answers = Object.fromEntries(
      [1, 2, 3, 4].map((page) => [`/cities?page=${page}`, { body: cities("a") }]),
    );
    const { ask, state } = isolate(endless, answers);
    expect((await ask())[0]).toMatchObject({ value: cities("a", "a", "a") });
    expect(state.calls).toHaveLength(3);

    const circle = list.pages("cities", {
      from: atlas,
      by: "cursor",
      get: "/cities",
      items: (page: { items: Json[] }) => page.items,
      next: () => "same",
      schema: z.object({ items: z.array(z.json()) }),
    });
    const turning = isolate(circle, {
      "/cities": { body: { items: [] } },
      "/cities?cursor=same": { body: { items: [] } },
    });
    expect(labels(await turning.ask())).toEqual({ cities: "invalid" });
  });
});
