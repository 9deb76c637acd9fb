import { describe, expect, it } from "vitest";
import { endpoint, upstream } from "../../src/aggregate/endpoint.ts";
import { ConfigError, loadConfig } from "../../src/config.ts";

const atlas = upstream("atlas", { origin: "https://atlas.example" });

/** What is written without a type checker. */
type Loose = Readonly<Record<string, unknown>>;
type Builder = Record<"branch" | "each" | "pages", (name: string, options?: Loose) => { definition: never }>;

const declare = (options: Loose = {}) => endpoint("GET /api/things", options) as unknown as Builder;
const branch = (options?: Loose) => declare().branch("a", options);
const from = (options: Loose) => branch({ from: { ...atlas, ...options }, get: "/things" });

function faultsOf(...endpoints: readonly { definition: never }[]): readonly string[] {
  try {
    loadConfig({ endpoints }, { variables: {}, allowLoopback: false });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

describe("a configuration without a type checker", () => {
  it.each<[string, { definition: never }, string]>([
    [
      "nothing to call",
      branch({ get: "/things" }),
      "branch `a`: expected `from` to be what `upstream` returns, got undefined",
    ],
    [
      "no path",
      branch({ from: atlas }),
      "branch `a`: expected `get` to be a path or a function, got undefined",
    ],
    [
      "a misspelt option",
      branch({ from: atlas, get: "/things", optionl: true }),
      "branch `a`: there is no `optionl`; did you mean `optional`?",
    ],
    [
      "a text for a list",
      branch({ from: atlas, get: "/things", needs: "b" }),
      'branch `a`: expected `needs` to be a list, got "b"',
    ],
    [
      "a text for a boolean",
      branch({ from: atlas, get: "/things", optional: "no" }),
      'branch `a`: expected `optional` to be `true` or `false`, got "no"',
    ],
    [
      "a fallback to nothing",
      branch({ from: atlas, get: "/things", fallback: [{}] }),
      "branch `a`: expected `fallback.0` to be `{ from }`, `{ staleMs }` or `{ value }`, got an object",
    ],
    [
      "a schema that is none",
      branch({ from: atlas, get: "/things", schema: {} }),
      "branch `a`: expected `schema` to be a schema, as Zod makes them, got an object",
    ],
    [
      "a join over nothing",
      declare().each("a", { from: atlas, get: "/things" }),
      "branch `a`: expected `each.of` to be a function, got undefined",
    ],
    [
      "pages by something else",
      declare().pages("a", { from: atlas, get: "/things", by: "numbr" }),
      'branch `a`: expected `pages.by` to be one of `number`, `cursor`, `link`, got "numbr"',
    ],
    [
      "a misspelt deadline",
      declare({ deadlinMs: 1 }).branch("a", { from: atlas, get: "/things" }),
      "there is no `deadlinMs`; did you mean `deadlineMs`?",
    ],
    [
      "no origin",
      from({ origin: undefined }),
      'branch `a`: upstream `atlas`: expected `origin` to be a text or `{ env: "NAME" }`, got undefined',
    ],
    [
      "a misspelt retry",
      from({ retry: { attempt: 3 } }),
      "branch `a`: upstream `atlas`: there is no `retry.attempt`; did you mean `attempts`?",
    ],
    [
      "a number for how to retry",
      branch({ from: upstream("atlas", { origin: "https://atlas.example", retry: 3 as never }), get: "/" }),
      "branch `a`: upstream `atlas`: expected `retry` to be an object, got 3",
    ],
    [
      "a number for a batch",
      declare().each("a", { from: atlas, get: "/things", of: () => [], batch: 50 }),
      "branch `a`: expected `batch.size` to be an integer from 1 to 1000, got undefined",
    ],
    [
      "a batch whose items have no key",
      declare().each("a", { from: atlas, get: "/things", of: () => [], batch: { size: 50 } }),
      "branch `a`: expected `batch.key` for calls for many: it reads the key of an item",
    ],
    [
      "a text for a duration",
      declare({ deadlineMs: "3000" }).branch("a", { from: atlas, get: "/things" }),
      'expected `deadlineMs` to be a number of milliseconds > 0, got "3000"',
    ],
    [
      "a list for a duration",
      from({ timeoutMs: [5] }),
      "branch `a`: upstream `atlas`: expected `timeoutMs` to be a number of milliseconds > 0, got 5",
    ],
    [
      "a text for a share",
      from({ breaker: { windowMs: 1, minCalls: 1, failureRatio: "0.5", openMs: 1 } }),
      "branch `a`: upstream `atlas`: breaker: expected `failureRatio` to be a number > 0 and ≤ 1, got 0.5",
    ],
    [
      "a list of scopes",
      declare({ scope: ["admin"] }).branch("a", { from: atlas, get: "/things" }),
      "expected `scope` to be a text, got a list",
    ],
    [
      "a key that is no text",
      from({ headers: { "x-key": 5 } }),
      'branch `a`: upstream `atlas`: expected `headers.x-key` to be a text or `{ env: "NAME" }`, got 5',
    ],
  ])("is refused with %s", (_, declared, fault) => {
    expect(faultsOf(declared)).toEqual([`GET /api/things: ${fault}`]);
  });

  it("hears of an upstream's faults once", () => {
    const broken = { ...atlas, timoutMs: 1 };
    const [first, second] = ["a", "b"].map((name) =>
      declare().branch(name, { from: broken, get: "/things" }),
    );
    expect(faultsOf(first as never, second as never)).toEqual([
      "GET /api/things: branch `a`: upstream `atlas`: there is no `timoutMs`; did you mean `timeoutMs`?",
      "GET /api/things: expected each route once, got it twice",
    ]);
  });
});
