import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillPath, findByPath, matchPath, paramsOf, pathOf, targetOf } from "../../console/route-path.ts";

const THING = "/api/things/:id/parts/:part";

describe("pathOf", () => {
  it("leaves the method out", () => {
    expect(pathOf("GET /api/things/:id")).toBe("/api/things/:id");
  });
});

describe("paramsOf", () => {
  it.each([
    ["/api/things", []],
    [THING, ["id", "part"]],
    ["/api/things/:id{[0-9]{2}}", ["id"]],
    ["/api/things/:id{.+/x}/parts", ["id"]],
  ])("finds the parameters of %s", (path, names) => {
    expect(paramsOf(path).map(({ name }) => name)).toEqual(names);
  });

  it("knows which can be left out", () => {
    expect(paramsOf("/api/:a/:b?")).toMatchObject([
      { name: "a", isOptional: false },
      { name: "b", isOptional: true },
    ]);
  });
});

describe("fillPath", () => {
  it.each([
    [THING, { id: "1", part: "a b/c" }, "/api/things/1/parts/a%20b%2Fc"],
    [THING, { id: "1" }, "/api/things/1/parts/:part"],
    ["/api/things/:id?", {}, "/api/things"],
    ["/api/things/:id{[0-9]+}", { id: "7" }, "/api/things/7"],
  ])("fills %s with %j", (path, params, filled) => {
    expect(fillPath(path, params)).toBe(filled);
  });
});

describe("matchPath", () => {
  it.each([
    [THING, "/api/things/1/parts/a%20b", { id: "1", part: "a b" }],
    [THING, "/api/things/:id/parts/x", { id: "", part: "x" }],
    [THING, "/api/things/1/parts", undefined],
    [THING, "/api/things/1/parts/2/3", undefined],
    [THING, "/api/others/1/parts/2", undefined],
    ["/api/things/:id?", "/api/things", { id: "" }],
    ["/api/things/:id", "/api/things/", undefined],
    ["/api/things/:id", "/api/things/50%", { id: "50%" }],
  ])("reads what %s is filled with in %s", (path, filled, params) => {
    expect(matchPath(path, filled)).toEqual(params);
  });

  it("reads back whatever `fillPath` wrote", () => {
    // A value that is the placeholder itself reads as none.
    const value = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => !text.startsWith(":"));
    fc.assert(
      fc.property(value, value, (id, part) => {
        expect(matchPath(THING, fillPath(THING, { id, part }))).toEqual({ id, part });
      }),
    );
  });
});

describe("findByPath", () => {
  const endpoints = [{ name: "GET /api/:any" }, { name: "GET /api/things" }, { name: "GET /api/:other/x" }];

  it.each([
    ["/api/others", "GET /api/:any"],
    ["/api/things", "GET /api/things"],
    ["/api/:any", "GET /api/:any"],
    ["/api/1/x", "GET /api/:other/x"],
    ["/elsewhere", undefined],
  ])("finds the endpoint of %s: %s", (path, name) => {
    expect(findByPath(endpoints, path)?.endpoint.name).toBe(name);
  });
});

describe("targetOf", () => {
  it("has a question mark only where there is a query", () => {
    expect([targetOf("/a", ""), targetOf("/a", "b=c")]).toEqual(["/a", "/a?b=c"]);
  });
});
