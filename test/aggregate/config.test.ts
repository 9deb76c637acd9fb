import { describe, expect, it } from "vitest";
import { ConfigError, loadConfig } from "../../src/config.ts";
import type { Scope } from "../../src/http/scopes.ts";
import type { BranchDefinition, EndpointDefinition } from "../../src/aggregate/definition.ts";
import { endpoint, upstream } from "../../src/aggregate/endpoint.ts";

const atlas = upstream("atlas", { origin: "https://atlas.example" });
const environment = { variables: { ATLAS_ORIGIN: "https://atlas.example" }, allowLoopback: false };

/** A branch as data, as somebody without a type checker could write it. */
function branch(changes: Partial<BranchDefinition> & { readonly name: string }): BranchDefinition {
  return {
    from: atlas,
    get: "/things/:id",
    needs: [],
    optional: false,
    statusFrom: false,
    timeoutMs: undefined,
    retry: undefined,
    hedge: undefined,
    fallback: [],
    cache: undefined,
    schema: undefined,
    pick: undefined,
    rename: undefined,
    map: undefined,
    each: undefined,
    pages: undefined,
    ...changes,
  };
}

function things(
  branches: readonly BranchDefinition[],
  changes: Partial<EndpointDefinition> = {},
): { definition: EndpointDefinition } {
  return {
    definition: {
      route: "GET /api/things/:id",
      scope: undefined,
      deadlineMs: 1_000,
      branches,
      lanes: true,
      merge: { strategy: "namespace" },
      respond: undefined,
      ...changes,
    },
  };
}

function faultsOf(...endpoints: { definition: EndpointDefinition }[]): readonly string[] {
  try {
    loadConfig({ endpoints }, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

describe("loadConfig", () => {
  it("turns branches into waves by what they need, whatever their order", () => {
    const {
      plans: [plan],
    } = loadConfig(
      {
        endpoints: [
          things([
            branch({ name: "summary", needs: ["stats", "posts"] }),
            branch({ name: "stats", needs: ["user"] }),
            branch({ name: "user" }),
            branch({ name: "posts", needs: ["user"] }),
          ]),
        ],
      },
      environment,
    );
    expect(plan?.waves).toEqual([["user"], ["stats", "posts"], ["summary"]]);
    expect(plan?.branches.map(({ name }) => name)).toEqual(["summary", "stats", "user", "posts"]);
  });

  it.each<[string, { definition: EndpointDefinition }, string]>([
    [
      "a misspelt branch",
      things([branch({ name: "facts" }), branch({ name: "stats", needs: ["fact"] })]),
      "branch `stats`: expected `needs` to name branches of this endpoint, got `fact`; did you mean `facts`?",
    ],
    [
      "a name that is near to none",
      things([branch({ name: "facts" }), branch({ name: "stats", needs: ["weather"] })]),
      "branch `stats`: expected `needs` to name branches of this endpoint, got `weather`; known: `facts`",
    ],
    [
      "a circle",
      things([
        branch({ name: "start" }),
        branch({ name: "a", needs: ["start", "c"] }),
        branch({ name: "b", needs: ["a"] }),
        branch({ name: "c", needs: ["b"] }),
      ]),
      "expected `needs` to form no circle, got `a` → `c` → `b` → `a`",
    ],
    [
      "a branch that needs itself",
      things([branch({ name: "a", needs: ["a"] })]),
      "expected `needs` to form no circle, got `a` → `a`",
    ],
    [
      "a required branch that needs an optional one",
      things([branch({ name: "a", optional: true }), branch({ name: "b", needs: ["a"] })]),
      "branch `b`: expected a required branch to need required ones only, got `a`, which is optional",
    ],
    [
      "an optional branch that would decide the status",
      things([branch({ name: "a", optional: true, statusFrom: true })]),
      "branch `a`: expected `statusFrom` on a required branch: an optional one does not decide the answer",
    ],
    [
      "a negative timeout",
      things([branch({ name: "a", timeoutMs: -5 })]),
      "branch `a`: expected `timeoutMs` to be a number of milliseconds > 0, got -5",
    ],
    [
      "a deadline that is no number",
      things([branch({ name: "a" })], { deadlineMs: Number.NaN }),
      "expected `deadlineMs` to be a number of milliseconds > 0, got NaN",
    ],
    [
      "a parameter that the path does not have",
      things([branch({ name: "a", get: "/things/:ib" })]),
      "branch `a`: expected `get` to use parameters of the path, got `:ib`; did you mean `id`?",
    ],
    [
      "a target that is no path",
      things([branch({ name: "a", get: "things" })]),
      "branch `a`: expected `get` to begin with `/`, got `things`",
    ],
    [
      "a name that cannot stand in a header",
      things([branch({ name: "a b" })]),
      "branch `a b`: expected a name of at most 64 letters, digits, `_` and `-` that begins with a letter",
    ],
    [
      "a name twice",
      things([branch({ name: "a" }), branch({ name: "a" })]),
      "branch `a`: expected each name once, got it twice",
    ],
    ["no branch", things([]), "expected at least one branch, got none"],
    [
      "a retry that never ends",
      things([branch({ name: "a", retry: { attempts: 11 } })]),
      "branch `a`: expected `retry.attempts` to be an integer from 1 to 10, got 11",
    ],
    [
      "a hedge that ends before it begins",
      things([branch({ name: "a", hedge: { minMs: 20, maxMs: 10 } })]),
      "branch `a`: expected `hedge.minMs` ≤ `hedge.maxMs`, got 20 and 10",
    ],
    [
      "a fallback that is never reached",
      things([branch({ name: "a", fallback: [{ value: 1 }, { staleMs: 1_000 }] })]),
      "branch `a`: expected a fallback to a `value` to be the last: what follows it is never reached",
    ],
    [
      "pages by cursor without a cursor",
      things([
        branch({
          name: "a",
          pages: { by: "cursor", size: 0, maxPages: 3, items: undefined, next: undefined, cursorField: "c" },
        }),
      ]),
      "branch `a`: expected `next` for pages by cursor: it reads the cursor",
    ],
    [
      "pages by number without a size",
      things([
        branch({
          name: "a",
          pages: { by: "number", size: 0, maxPages: 3, items: undefined, next: undefined, cursorField: "c" },
        }),
      ]),
      "branch `a`: expected `size` to be an integer ≥ 1 for pages by number, got 0",
    ],
  ])("refuses %s", (_, broken, fault) => {
    expect(faultsOf(broken)).toEqual([`GET /api/things/:id: ${fault}`]);
  });

  it.each([
    [
      "https://atlas.example/v1",
      "`origin` to be an origin like `https://api.example.com`, got `https://atlas.example/v1`",
    ],
    ["atlas.example", "`origin` to be an origin like `https://api.example.com`, got `atlas.example`"],
    [
      "ftp://atlas.example",
      "`origin` to be an origin like `https://api.example.com`, got `ftp://atlas.example`",
    ],
    [
      "https://me:secret@atlas.example",
      "`origin` to be an origin like `https://api.example.com`, got `https://…@atlas.example`",
    ],
    [
      "http://127.0.0.1:9100",
      "`origin` not to be on this machine unless `ALLOW_LOOPBACK` is 1, got `http://127.0.0.1:9100`",
    ],
    [{ env: "ATLAS_ORIGN" }, "the variable `ATLAS_ORIGN` to be set; did you mean `ATLAS_ORIGIN`?"],
  ])("refuses the origin %j", (origin, fault) => {
    const broken = things([branch({ name: "a", from: upstream("atlas", { origin }) })]);
    expect(faultsOf(broken)).toEqual([
      `GET /api/things/:id: branch \`a\`: upstream \`atlas\`: expected ${fault}`,
    ]);
  });

  it.each([
    [{ timeoutMs: 0 }, "`timeoutMs` to be a number of milliseconds > 0, got 0"],
    [{ maxBytes: 0.5 }, "`maxBytes` to be an integer > 0, got 0.5"],
    [
      { retry: { on: ["conection" as "connection"] } },
      "`retry.on` to name reasons, got `conection`; did you mean `connection`?",
    ],
    [
      { headers: { "X Key": "1" } },
      "`headers` to name fields that can be sent, got `x key`, which is no name of a field",
    ],
    [
      { headers: { Host: "other.example" } },
      "`headers` to name fields that can be sent, got `host`, which is of one message",
    ],
    [
      { headers: { Connection: "X-Key" } },
      "`headers` to name fields that can be sent, got `connection`, which is of one connection",
    ],
    [
      { headers: { TraceParent: "00-1-1-00" } },
      "`headers` to name fields that can be sent, got `traceparent`, which Manifold writes itself",
    ],
    [
      { headers: { "X-Key": "secret\n" } },
      "the value of `headers.x-key` to have no line breaks and no characters past Latin-1",
    ],
    [
      { headers: { "X-Key": { env: "ATLAS_ORIGN" } } },
      "the variable `ATLAS_ORIGN` to be set; did you mean `ATLAS_ORIGIN`?",
    ],
  ])("refuses an upstream with %j", (changes, fault) => {
    const from = upstream("atlas", { origin: "https://atlas.example", ...changes });
    const broken = things([branch({ name: "a", from })]);
    expect(faultsOf(broken)).toEqual([
      `GET /api/things/:id: branch \`a\`: upstream \`atlas\`: expected ${fault}`,
    ]);
  });

  it("reads a field's value from the environment, where keys are", () => {
    const from = upstream("atlas", {
      origin: "https://atlas.example",
      headers: { "X-Key": { env: "ATLAS_KEY" } },
    });
    const variables = { ATLAS_KEY: "secret" };
    const { plans } = loadConfig(
      { endpoints: [things([branch({ name: "a", from })])] },
      { ...environment, variables },
    );
    expect(plans[0]?.branches[0]?.source.upstream.headers).toEqual({ "x-key": "secret" });
  });

  it.each(["POST /api/things", "GET /things", "/api/things"])("refuses the route `%s`", (route) => {
    expect(faultsOf(things([branch({ name: "a", get: "/" })], { route }))).toEqual([
      `${route}: expected a route like \`GET /api/things/:id\`, got \`${route}\``,
    ]);
  });

  it.each([
    ["fanuot", "did you mean `fanout`?"],
    ["tasks:read", undefined],
  ])("takes `%s` for a scope only if it is one", (scope, suggestion) => {
    // A configuration in JavaScript has no types.
    const faults = faultsOf(things([branch({ name: "a", get: "/" })], { scope: scope as Scope }));
    const fault = `GET /api/things/:id: expected \`scope\` to be a scope, got \`${scope}\`; ${suggestion}`;
    expect(faults).toEqual(suggestion === undefined ? [] : [fault]);
  });

  it("refuses the same route twice", () => {
    const twice = things([branch({ name: "a" })]);
    expect(faultsOf(twice, twice)).toEqual(["GET /api/things/:id: expected each route once, got it twice"]);
  });

  it("refuses what the platform's limits do not allow, with the sum", () => {
    const pages = {
      by: "number",
      size: 1,
      maxPages: 1_000,
      items: undefined,
      next: undefined,
      cursorField: "c",
    } as const;
    const wide = branch({ name: "a", pages, retry: { attempts: 10 }, hedge: { minMs: 1, maxMs: 2 } });
    const [fault] = faultsOf(things([wide]));
    expect(fault).toContain("expected at most 10000 subrequests in the worst case, got 20000: `a` ");
  });

  it("names every fault at once", () => {
    const broken = things([branch({ name: "a", timeoutMs: -1, needs: ["b"] })], { deadlineMs: 0 });
    expect(faultsOf(broken)).toHaveLength(3);
  });

  it("reports an upstream's fault once, where it is first used", () => {
    const from = upstream("atlas", { origin: "nowhere" });
    const faults = faultsOf(things([branch({ name: "a", from }), branch({ name: "b", from })]));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain("branch `a`");
  });

  it("reports an origin's fault once, however many upstreams have it", () => {
    const origin = { env: "NOWHERE" };
    const [a, b] = [upstream("a", { origin }), upstream("b", { origin })];
    expect(faultsOf(things([branch({ name: "a", from: a }), branch({ name: "b", from: b })]))).toHaveLength(
      1,
    );
  });

  it("refuses two upstreams of one name", () => {
    const from = upstream("atlas", { origin: "https://other.example" });
    expect(faultsOf(things([branch({ name: "a" }), branch({ name: "b", from })]))).toEqual([
      "GET /api/things/:id: branch `b`: upstream `atlas`: expected one upstream of this name, got two",
    ]);
  });

  it("allows this machine where it is told to", () => {
    const local = endpoint("GET /api/things").branch("a", {
      from: upstream("atlas", { origin: "http://localhost:9100" }),
      get: "/things",
    });
    const { plans } = loadConfig({ endpoints: [local] }, { variables: {}, allowLoopback: true });
    expect(plans[0]?.branches[0]?.source.upstream.origin).toBe("http://localhost:9100");
  });
});
