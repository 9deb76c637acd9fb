import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { VirtualClock } from "#kernel";
import { startDemo } from "../demo/server.ts";
import { describeRoutes } from "../src/http/open-api.ts";
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
const { app } = wholeApp({ clock, tokens: await tokensOf({ ops: ["admin"] }), atlas: demo.url, fetch });
const operations = operationsOf(describeRoutes(app.routes));

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
const query = fc.array(
  fc.tuple(fc.oneof(text, fc.constantFrom("codes", "_timeline", "limit", "cursor")), text),
  { maxLength: 3 },
);
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
  const isWhole = /^urn:manifold:problem:[a-z-]+$/.test(problem.type) && problem.status === status;
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
    const around = fc.record({ values: fc.array(text, { maxLength: 3 }), pairs: query, fields: headers });
    const plain = operation.body === undefined ? {} : { body: "{}" };
    await fc.assert(
      fc.asyncProperty(around, async (sent) => {
        expect(await faultOf(operation, { ...sent, ...plain })).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  });
});

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
    "JSON that is deeper than a stack": fc.constant("[".repeat(200_000)),
  };
  return Object.entries(bodies).map(([kind, body]) => ({ operation, kind, body }));
});

describe.each(withBodies)("$operation.method $operation.path, sent $kind", ({ operation, body }) => {
  it("answers with no more than a refusal", async () => {
    await fc.assert(
      fc.asyncProperty(body, async (one) => {
        expect(await faultOf(operation, { values: [], pairs: [], fields: [], body: one })).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  });
});
