import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { systemClock, VirtualClock } from "#kernel";
import { startDemo } from "../demo/server.ts";
import { config } from "../manifold.config.ts";
import { planPolicies } from "../src/limits/policy.ts";
import { describeRoutes } from "../src/http/open-api.ts";
import { fakeCrawls } from "./crawl/fake-crawls.ts";
import { fakeLimiters } from "./limits/fake-limiters.ts";
import { nearlyValidFor, validFor } from "./support/arbitrary-of-schema.ts";
import { type DocumentedOperation, operationsOf } from "./support/document.ts";
import { bearer, tokenOf, tokensOf } from "./support/tokens.ts";
import { wholeApp } from "./support/whole-app.ts";

const RUNS = 60;

const demo = await startDemo();
afterAll(async () => await demo[Symbol.asyncDispose]());

/** The demo answers for itself; nothing else is called, whatever a request asks for. */
const fetch = async (url: string, init: RequestInit) =>
  new URL(url).origin === demo.url ? await globalThis.fetch(url, init) : new Response();
// Time stands still, so that nothing takes too long: whoever asks for a millisecond gets an answer as well.
const clock = new VirtualClock();
const { crawlFor } = fakeCrawls();
const { app } = wholeApp({
  crawlFor,
  clock,
  tokens: await tokensOf({ ops: ["admin"] }),
  atlas: demo.url,
  fetch,
  // Whoever waits for a turn has to get it: here time goes on.
  limits: {
    policies: planPolicies(config.limits ?? [], () => undefined),
    v1Limit: undefined,
    limiterFor: fakeLimiters(systemClock, () => 0).limiterFor,
  },
});
/** What takes away what the others find comes last. */
const operations = operationsOf(describeRoutes(app.routes)).toSorted(
  (a, b) => Number(a.method === "DELETE") - Number(b.method === "DELETE"),
);

/** Makes something for the routes to find, and says where it is. */
async function make(path: string, body: object): Promise<string> {
  const init = { method: "POST", headers: bearer(tokenOf(0)), body: JSON.stringify(body) };
  const location = (await app.request(path, init)).headers.get("Location") ?? "";
  if (!location.startsWith(`${path}/`)) throw new Error(`Expected a place under ${path}, got "${location}"`);
  return location.replace(/.*\//, "");
}
const fetching = { type: "fetch", payload: { url: "https://a.example.com/" } };
const task = await make("/v1/tasks", fetching);
const group = await make("/v1/groups", { tasks: [fetching] });
const crawl = await make("/v1/crawls", { startUrls: ["https://a.example.com/"] });
// They end here, for whoever watched one that does not would watch forever.
while ((await crawlFor(crawl).watch(0, 0))?.endedMs === undefined);
const headersOfAll = bearer(tokenOf(0));
const cancelled = await app.request(`/v1/tasks/${task}/cancel`, { method: "POST", headers: headersOfAll });
const stored = await app.request("/v1/files/k", { method: "PUT", headers: headersOfAll, body: "k" });
if (!cancelled.ok || !stored.ok) throw new Error("Expected a task to be cancelled, and a file stored");

/** What there is, by the parameter that names it. */
const THERE: Readonly<Record<string, readonly string[]>> = {
  code: ["FRA", "deu"],
  policy: ["demo", "demo+demo"],
  name: ["countries.code", "GET%20/api/countries"],
  key: ["k"],
  type: ["fetch"],
  room: ["lobby"],
  uid: ["u"],
  url: ["https://a.example.com/1"],
};

/** Text as it stands in a path or a query: encoded, or whatever a URL can hold. */
const text = fc.oneof(
  fc.constantFrom("FRA", "deu", "countries.code"),
  fc.string({ unit: "grapheme", maxLength: 20 }).map((value) => encodeURIComponent(value.toWellFormed())),
  fc.constantFrom(
    "%",
    "%00",
    "%ff",
    "%2e%2e",
    "..",
    ".",
    "%2f",
    ";",
    "a%0d%0ab",
    "x".repeat(3_000),
    "__proto__",
    "🦊",
    "'\"<>",
  ),
);

const IDS: Readonly<Record<string, string>> = { tasks: task, groups: group, crawls: crawl };

/** For a parameter: what is there, what its schema lets pass, or anything. */
function valueFor(path: string, { name, schema }: DocumentedOperation["parameters"][number]) {
  const valid = validFor(schema).map((value) => encodeURIComponent(String(value).toWellFormed()));
  const there = name === "id" ? [IDS[path.split("/")[2] ?? ""] ?? ""] : THERE[name];
  return fc.oneof(
    { weight: 2, arbitrary: valid },
    { weight: 1, arbitrary: text },
    ...(there === undefined ? [] : [{ weight: 3, arbitrary: fc.constantFrom(...there) }]),
  );
}

/** Values for the path, in its order. */
function valuesFor({ path, parameters }: DocumentedOperation): fc.Arbitrary<readonly string[]> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const known = names.map((name) => parameters.find((one) => one.in === "path" && one.name === name));
  return fc.tuple(...known.map((one) => (one === undefined ? text : valueFor(path, one))));
}

/** Most of what the query takes, and some that it does not. */
function queryFor({ path, parameters }: DocumentedOperation): fc.Arbitrary<Sent["pairs"]> {
  const known = parameters.filter((one) => one.in === "query");
  const taken = known.map((one) =>
    fc.option(
      valueFor(path, one).map((value) => [one.name, value] as const),
      { freq: 2 },
    ),
  );
  const name = fc.oneof(text, fc.constantFrom("codes", "_timeline", "limit", "cursor"));
  const others = fc.array(fc.tuple(name, text), { maxLength: 2 });
  return fc
    .tuple(fc.tuple(...taken), fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, others))
    .map(([some, more]) => [...some.filter((pair) => pair !== null), ...more]);
}
const header = fc.tuple(
  fc.constantFrom(
    "Accept",
    "Content-Type",
    "Content-Length",
    "If-None-Match",
    "traceparent",
    "tracestate",
    "Range",
    "Prefer",
    "X-Request-Id",
    "Idempotency-Key",
    "Last-Event-ID",
  ),
  fc.oneof(
    fc.constantFrom(
      "*/*",
      "text/plain",
      "application/x-ndjson",
      "text/event-stream",
      "0",
      "1e99",
      "*",
      '"',
      ";;,=",
      "bytes=0-",
    ),
    fc.stringMatching(/^[ -~]{0,30}$/),
  ),
);
const headers = fc.array(header, { maxLength: 3 });

interface Sent {
  /** In place of the path's parameters. */
  readonly values: readonly string[];
  readonly pairs: readonly (readonly [name: string, value: string])[];
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** The statuses that each operation has answered with. */
const seen: Record<string, Set<number>> = {};

/** Sends a request, and says what is wrong with the answer. */
async function faultOf(operation: DocumentedOperation, { values, pairs, fields, body }: Sent) {
  const left = [...values];
  const target = operation.path.replaceAll(/\{\w+\}/g, () => left.shift() ?? "a");
  const search = pairs.map(([name, value]) => `${name}=${value}`).join("&");
  const url = `https://manifold.example.com${target}?${search}`;
  const response = await app.request(url, {
    method: operation.method,
    headers: { ...Object.fromEntries(fields), ...bearer(tokenOf(0)) },
    ...(body !== undefined && { body }),
  });
  const answer = await response.text();
  const outcomes = (seen[operation.operationId] ??= new Set());
  outcomes.add(response.status);
  if (response.status >= 500) return `a failure: ${answer}`;
  if (/\bat .*:\d+:\d+|node_modules/.test(answer)) return `a stack: ${answer}`;
  if (!/^[\w.:-]{8,128}$/.test(response.headers.get("X-Request-Id") ?? "")) return "no request id";
  // Dots in a parameter may lead to another route.
  const isHere = new URL(url).pathname === target;
  if (response.status >= 400) return problemFault(response, answer, isHere ? operation.statuses : undefined);
  return isHere ? answerFault(response, answer, operation) : undefined;
}

function problemFault(response: Response, answer: string, statuses: readonly string[] | undefined) {
  const { status } = response;
  if (response.headers.get("Content-Type") !== "application/problem+json") return `no problem: ${answer}`;
  const problem = JSON.parse(answer) as { readonly type: string; readonly status: number };
  const isKnownType =
    /^urn:manifold:problem:[a-z-]+$/.test(problem.type) ||
    problem.type === "https://iana.org/assignments/http-problem-types#quota-exceeded";
  const isWhole = isKnownType && problem.status === status;
  if (!isWhole) return `half a problem: ${answer}`;
  // An odd parameter may lead to where there is nothing.
  const isKnown = [String(status), "4XX"].some((one) => statuses?.includes(one) !== false);
  return status === 404 || isKnown ? undefined : `a status that the document has not: ${status}`;
}

/** What is answered is what the document says. */
function answerFault(response: Response, answer: string, { answerOf }: DocumentedOperation) {
  const schema = answerOf(response.status);
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json") === true;
  // The timeline is a member that only the operator sees.
  if (schema === undefined || !isJson || answer.includes("_timeline")) return undefined;
  const parsed = z.fromJSONSchema(schema).safeParse(JSON.parse(answer));
  return parsed.error?.message;
}

describe.each(operations)("$method $path", (operation) => {
  it("answers whatever is in its path, query and fields with no more than a refusal", async () => {
    const around = fc.record({ values: valuesFor(operation), pairs: queryFor(operation), fields: headers });
    const plain = operation.body === undefined ? {} : { body: "{}" };
    await fc.assert(
      fc.asyncProperty(around, async (sent) => {
        expect(await faultOf(operation, { ...sent, ...plain })).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  });
});

/** Puts what no recursion bears in place of the last value of an object. */
const deepen = (body: string) => body.replace(/:[^:]*\}$/, `:${"[".repeat(20_000)}${"]".repeat(20_000)}}`);

const json = (value: fc.Arbitrary<unknown>) => value.map((one) => JSON.stringify(one) ?? "");

/** Each operation that takes a body, with each kind of body. */
const withBodies = operations.flatMap((operation) => {
  if (operation.body === undefined) return [];
  const bodies: Readonly<Record<string, fc.Arbitrary<string | Uint8Array<ArrayBuffer>>>> = {
    "a body that its schema lets pass": json(validFor(operation.body)),
    "a body with one odd place": json(nearlyValidFor(operation.body)),
    "any JSON": fc.json({ maxDepth: 4 }),
    "any text": fc.string({ unit: "binary" }),
    "any bytes": fc.uint8Array().map((bytes) => Uint8Array.from(bytes)),
    "JSON that is deeper than a stack": fc.constant("[".repeat(20_000) + "]".repeat(20_000)),
    "a place that is deeper than a stack": json(nearlyValidFor(operation.body)).map(deepen),
  };
  return Object.entries(bodies).map(([kind, body]) => ({ operation, kind, body }));
});

describe.each(withBodies)("$operation.method $operation.path, sent $kind", ({ operation, body }) => {
  it("answers with no more than a refusal", async () => {
    await fc.assert(
      fc.asyncProperty(valuesFor(operation), body, async (values, one) => {
        expect(await faultOf(operation, { values, pairs: [], fields: [], body: one })).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  });
});

/** What needs a WebSocket, an archive or an earlier crawl: those are not here. */
const IDLE = new Set(["getV1RoomsByRoom", "getV1CrawlsByIdReplay", "getV1CrawlsByIdDiff"]);

describe("every operation", () => {
  it("did what it is for, and refused as well, at least once", () => {
    const answered = operations.map(({ operationId, parameters, body }) => {
      const statuses = [...(seen[operationId] ?? [])];
      const isChoosy = parameters.some((one) => one.in !== "header") || body !== undefined;
      return {
        operationId,
        didIt: statuses.some((status) => status < 400) || IDLE.has(operationId),
        refused: !isChoosy || statuses.some((status) => status >= 400),
      };
    });
    expect(answered.filter(({ didIt, refused }) => !didIt || !refused)).toEqual([]);
  });
});
