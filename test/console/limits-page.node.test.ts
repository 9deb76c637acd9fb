import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Exchange } from "../../console/exchange.ts";
import { callOf, type Policy } from "../../console/limits/answers.ts";
import { levelAfter, levelAt, levelSeen } from "../../console/limits/bucket.ts";
import { createGauge } from "../../console/limits/gauge.ts";
import { describeCall, describeTally } from "../../console/limits/volley-words.ts";
import {
  beginVolley,
  type Call,
  fateOf,
  inOrder,
  tallyOf,
  type Volley,
  withCall,
} from "../../console/limits/volley.ts";
import { findBarriers } from "../support/accessibility.ts";
import { pagesOver, words } from "./pages.ts";
import { type Handler, json } from "./site.ts";

const DEMO: Policy = {
  name: "demo",
  capacity: 5,
  refill: { tokens: 5, perMs: 1_000 },
  maxWaitMs: 30_000,
  maxWaiters: 1_000,
  onFailure: "open",
};
const DAY: Policy = { ...DEMO, name: "day", capacity: 1_000, refill: { tokens: 1_000, perMs: 86_400_000 } };
const POLICIES = { items: [DEMO, DAY], cursor: null };
const standingOf = (remaining: number, { waiting = 0, nextMs = 0, policy = DEMO } = {}) => ({
  policy: policy.name,
  remaining,
  waiting,
  held: 0,
  policies: [{ policy: policy.name, capacity: policy.capacity, remaining, nextMs }],
});
const GONE = { allowed: true, remaining: 0, retryAfterMs: 0, waitedMs: 0 };
const REFUSED = {
  title: "Too many",
  status: 429,
  "violated-policies": ["demo"],
  reason: "exhausted",
  retryAfterMs: 150,
};
const refuse = json(REFUSED, { "Retry-After": "1" }, 429);

const { open, site } = pagesOver({
  "/v1/endpoints": json({ items: [], cursor: null }),
  "/v1/limits": json(POLICIES),
  "/v1/limits/demo": json(standingOf(5)),
  "/v1/limits/day": json(standingOf(700, { policy: DAY })),
  "/v1/limits/demo/acquire": json(GONE),
});

/** Answers these in turn, then nothing. */
function inTurn(...handlers: readonly Handler[]): Handler {
  const left = [...handlers];
  return (response) => left.shift()?.(response);
}

describe("the page of limits", () => {
  it("draws the bucket of a key, and the limit that is chosen", async () => {
    const page = await open("#limits");
    await page.getByRole("img", { name: "5 of 5 tokens, 0 waiting" }).waitFor();
    expect(await words(page, ".bucket-card")).toContain("tokens 5 of 5 waiting 0");
    expect(await words(page, ".bucket-card")).toContain("comes back 5 every 1 s");
    await page.getByLabel("Limit", { exact: true }).selectOption("day");
    await page.getByRole("img", { name: "700 of 1000 tokens" }).waitFor();
    expect(new URL(page.url()).hash).toBe("#limits/day");
    expect(await findBarriers(page)).toEqual([]);
  });

  it("looks at the bucket of the key that is typed", async () => {
    const page = await open("#limits");
    await page.getByRole("img", { name: "5 of 5 tokens" }).waitFor();
    site().answer("/v1/limits/demo", (response) =>
      json(standingOf(response.req.url?.endsWith("?key=ada%26co") === true ? 2 : 5))(response),
    );
    await page.getByLabel("Key, for whom it counts").fill("ada&co");
    await page.getByRole("img", { name: "2 of 5 tokens" }).waitFor();
    expect(await words(page, "#bucket-heading")).toContain("the key ada&co");
  });

  it("draws each call, whether it went at once, waited or was refused, and the bucket as it drains", async () => {
    const page = await open("#limits");
    await page.getByRole("img", { name: "5 of 5 tokens" }).waitFor();
    site().answer("/v1/limits/demo", json(standingOf(0)));
    const bodies: unknown[] = [];
    const answer = inTurn(json(GONE), json({ ...GONE, waitedMs: 200 }), refuse);
    site().answer("/v1/limits/demo/acquire", (response) => {
      response.req.on("data", (bytes) => bodies.push(JSON.parse(String(bytes))));
      response.req.on("end", () => answer(response));
    });
    await page.getByLabel("Calls at once").fill("4");
    await page.getByLabel("be refused").check();
    await page.getByRole("button", { name: "Fire" }).click();
    await page.getByText("1 at once, 1 waited, 1 refused, 1 not answered yet").waitFor();
    expect(bodies[0]).toEqual({ key: "console", mode: "try" });
    expect(await page.locator(".volley .bar.hollow").count()).toBe(1);
    expect(await words(page, ".volley")).toContain("refused Retry-After: 1");
    expect(await page.getByRole("img", { name: "0 of 5 tokens" }).count()).toBe(1);
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText(/1 left; the last after/).waitFor();
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Fire");
  });

  it("says at the call what went wrong, and keeps what it has drawn when a token is asked for", async () => {
    const page = await open("#limits");
    await page.getByRole("img", { name: "5 of 5 tokens" }).waitFor();
    const body = { title: "Who asks is not known", detail: "Expected `Authorization`" };
    const shut = json(body, { "X-Request-Id": "req-9" }, 401);
    site().answer("/v1/limits/demo/acquire", shut);
    site().answer("/v1/limits/demo", shut);
    await page.getByLabel("Calls at once").fill("1");
    await page.getByRole("button", { name: "Fire" }).click();
    await page.getByText("1 failed").waitFor();
    expect(await words(page, ".volley")).toContain("Expected Authorization request req-9");
    await page.getByLabel("Token", { exact: true }).fill("mf_token");
    site().reset();
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByLabel("Token", { exact: true }).waitFor({ state: "detached" });
    expect(await words(page, ".volley")).toContain("Expected Authorization");
    expect(await page.getByLabel("Calls at once").inputValue()).toBe("1");
  });

  it("says that there is no limit of a name, and lets one choose another", async () => {
    const page = await open("#limits/dmo");
    await page.getByText("There is no limit dmo").waitFor();
    await page.getByLabel("Limit", { exact: true }).selectOption("demo");
    await page.getByRole("img", { name: "5 of 5 tokens" }).waitFor();
    expect(await page.locator(".note").count()).toBe(0);
    site().answer("/v1/limits", json({ items: [], cursor: null }));
    await page.reload();
    await page.getByText("The configuration has no limits").waitFor();
  });

  it("is used by keyboard alone", async () => {
    const page = await open("#limits");
    await page.getByLabel("Calls at once").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByText("20 at once").waitFor();
    expect(await page.getByLabel("be refused").isChecked()).toBe(true);
  });

  it.each([360, 1280])("fits a window of %i pixels, in motion too", async (width) => {
    const page = await open("#limits", { width, height: 740 }, "no-preference");
    site().answer("/v1/limits/demo", json(standingOf(0, { waiting: 30, nextMs: 100 })));
    await page.getByText("+ 5").waitFor();
    site().answer("/v1/limits/demo/acquire", inTurn(json(GONE), refuse));
    await page.getByRole("button", { name: "Fire" }).click();
    await page.getByText("1 at once, 1 refused, 18 not answered yet").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    expect(await findBarriers(page)).toEqual([]);
  });
});

describe("a bucket's level", () => {
  it("is what was seen, with the part of a token that has come already", () => {
    expect(levelSeen(DEMO, { remaining: 2, nextMs: 50 }, 7)).toEqual({ atMs: 7, tokens: 2.75 });
    expect(levelSeen(DEMO, { remaining: 5, nextMs: 0 }, 7)).toEqual({ atMs: 7, tokens: 5 });
    // A lease keeps the next one back.
    expect(levelSeen(DEMO, { remaining: 2, nextMs: 900 }, 7).tokens).toBe(2);
  });

  it("rises evenly from then on, up to the brim", () => {
    const level = { atMs: 1_000, tokens: 1.5 };
    expect([1_000, 1_100, 1_300, 9_000].map((nowMs) => levelAt(DEMO, level, nowMs))).toEqual([1.5, 2, 3, 5]);
    expect(levelAt(DEMO, level, 0)).toBe(1.5);
  });

  it("is what a call leaves, or lacks", () => {
    const went: Call = { kind: "went", atMs: 0, waitedMs: 0, remaining: 3, unchecked: undefined };
    const refused: Call = {
      kind: "refused",
      atMs: 0,
      retryAfter: "1",
      retryAfterMs: 150,
      policy: "demo",
      reason: "exhausted",
    };
    expect(levelAfter(DEMO, went, 7)).toEqual({ atMs: 7, tokens: 3 });
    expect(levelAfter(DEMO, refused, 7)).toEqual({ atMs: 7, tokens: 0.25 });
    expect(levelAfter(DEMO, { ...refused, retryAfterMs: 3_000 }, 7)?.tokens).toBe(0);
    // Nothing is known of it.
    expect(levelAfter(DEMO, { ...went, unchecked: "silent" }, 7)).toBeUndefined();
    expect(levelAfter(DEMO, { ...refused, policy: "api" }, 7)).toBeUndefined();
    expect(levelAfter(DEMO, { kind: "left", atMs: 7 }, 7)).toBeUndefined();
  });
});

describe("callOf", () => {
  const exchangeOf = (status: number, body: unknown, retryAfter?: string) =>
    ({ target: "/x", status, body, text: "", requestId: "req-1", retryAfter }) as Exchange;

  it.each<[Parameters<typeof callOf>[0], Partial<Call>, string]>([
    [exchangeOf(200, GONE), { kind: "went", waitedMs: 0, remaining: 0 }, "1.2 s at once"],
    [exchangeOf(200, { ...GONE, waitedMs: 1_180 }), { kind: "went" }, "1.2 s waited"],
    [
      exchangeOf(200, { ...GONE, unchecked: "silent" }),
      { kind: "went" },
      "1.2 s at once · unchecked: the limiter is silent",
    ],
    [exchangeOf(429, REFUSED, "1"), { kind: "refused", retryAfterMs: 150 }, "refused · Retry-After: 1"],
    [
      exchangeOf(429, { ...REFUSED, reason: "too-long" }, "3"),
      { kind: "refused" },
      "refused: the wait would be too long · Retry-After: 3",
    ],
    [
      exchangeOf(429, { "violated-policies": ["api"] }, "9"),
      { kind: "refused", policy: "api", retryAfterMs: 0 },
      "refused by api · Retry-After: 9",
    ],
    [exchangeOf(429, "<h1>Proxy</h1>"), { kind: "refused", policy: undefined }, "refused"],
    [
      exchangeOf(503, { title: "T", detail: "The limiter is silent" }),
      { kind: "failed" },
      "The limiter is silent · request req-1",
    ],
    [
      exchangeOf(200, "<h1>Proxy</h1>"),
      { kind: "failed" },
      "This page does not understand the answer · request req-1",
    ],
    [{ kind: "unreachable", target: "/x", reason: "reset" }, { kind: "failed" }, "no answer · reset"],
  ])("takes %j for what it is, in words too", (answer, call, text) => {
    const made = callOf(answer, 1_200);
    expect(made).toMatchObject({ ...call, atMs: 1_200 });
    expect(describeCall(made, "demo").join(" · ").replaceAll("\u00a0", " ")).toBe(text);
  });
});

describe("a volley", () => {
  const went = (atMs: number, waitedMs: number, remaining = 0): Call => ({
    kind: "went",
    atMs,
    waitedMs,
    remaining,
    unchecked: undefined,
  });

  it("tells those who went at once from those who waited, however far the limiter is", () => {
    expect([went(9, 0), went(9, 300, 2), went(9, 149), went(9, 150)].map(fateOf)).toEqual([
      "at-once",
      "at-once",
      "at-once",
      "waited",
    ]);
  });

  it("has those who were answered first on top, and at the end those who were not", () => {
    const volley = [went(300, 200), { kind: "left", atMs: 40 } as const, went(20, 0)].reduce<Volley>(
      (all, call, index) => withCall(all, index + 1, call),
      beginVolley(5, "wait", 0),
    );
    expect(inOrder(volley).map((call) => (call.kind === "open" ? "open" : call.atMs))).toEqual([
      20,
      40,
      300,
      "open",
      "open",
    ]);
    const tally = tallyOf(volley);
    expect(tally).toEqual({ open: 2, "at-once": 1, waited: 1, refused: 0, failed: 0, left: 1, lastMs: 300 });
    expect(describeTally(tally)).toBe("1 at once, 1 waited, 1 left, 2 not answered yet");
    expect(describeTally({ ...tally, open: 0 })).toBe(
      "1 at once, 1 waited, 1 left; the last after 0.3\u00a0s",
    );
  });
});

describe("createGauge", () => {
  interface Asked {
    readonly target: string;
    readonly signal: AbortSignal;
    readonly answer: (body: unknown, status?: number) => void;
  }

  /** A gauge whose requests are answered by the test. */
  function stage() {
    const asked: Asked[] = [];
    vi.stubGlobal("sessionStorage", { getItem: () => null });
    vi.stubGlobal(
      "fetch",
      async (target: string, { signal }: { readonly signal: AbortSignal }) =>
        await new Promise<Response>((resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
          const answer = (body: unknown, status = 200) => resolve(Response.json(body, { status }));
          asked.push({ target, signal, answer });
        }),
    );
    let tick = () => {};
    let nowMs = 0;
    const every = (listener: () => void) => ((tick = listener), () => (tick = () => {}));
    const gauge = createGauge({ every, nowMs: () => nowMs });
    return {
      gauge,
      /** What was asked since the last time. */
      next: async () => {
        await setImmediate();
        return asked.splice(0);
      },
      tick: () => tick(),
      pass: (ms: number) => (nowMs += ms),
    };
  }
  /** A gauge that looks at the bucket of `demo`. */
  async function opened() {
    const { gauge, next, ...rest } = stage();
    gauge.open(undefined);
    (await next())[0]?.answer(POLICIES);
    (await next())[0]?.answer(standingOf(5));
    await next();
    return { gauge, next, ...rest };
  }
  afterEach(() => void vi.unstubAllGlobals());

  it("asks for the limits once, and then for the bucket, one look at a time", async () => {
    const { gauge, next, tick } = stage();
    gauge.open(undefined);
    tick();
    const [first, ...others] = await next();
    expect([first?.target, others]).toEqual(["/v1/limits", []]);
    first?.answer(POLICIES);
    const [look] = await next();
    expect(look?.target).toBe("/v1/limits/demo?key=console");
    look?.answer(standingOf(3, { nextMs: 100 }));
    await next();
    expect(gauge.get()).toMatchObject({ policy: DEMO, level: { atMs: 0, tokens: 3.5 } });
    tick();
    expect((await next()).map(({ target }) => target)).toEqual(["/v1/limits/demo?key=console"]);
    gauge.close();
    tick();
    expect(await next()).toEqual([]);
  });

  it("counts times from when all were fired, and drains the bucket with every answer", async () => {
    const { gauge, next, pass } = await opened();
    pass(1_000);
    gauge.fire(3, "wait");
    const calls = await next();
    expect(calls.map(({ target }) => target)).toEqual(
      Array.from({ length: 3 }, () => "/v1/limits/demo/acquire"),
    );
    pass(200);
    calls[1]?.answer({ ...GONE, remaining: 4 });
    await next();
    expect(gauge.get().volley?.calls.map(({ kind }) => kind)).toEqual(["open", "went", "open"]);
    expect(gauge.get()).toMatchObject({
      level: { atMs: 1_200, tokens: 4 },
      volley: { calls: [{}, { atMs: 200 }, {}] },
    });
    gauge.stop();
    await next();
    expect(gauge.get().volley?.calls.map(({ kind }) => kind)).toEqual(["left", "went", "left"]);
  });

  it("leaves the calls, and forgets the bucket, when one turns to another key or limit", async () => {
    for (const turn of ["key", "limit"] as const) {
      const { gauge, next, tick } = await opened();
      gauge.fire(2, "wait");
      tick();
      const calls = await next();
      expect(calls).toHaveLength(3);
      if (turn === "key") gauge.aim("ada");
      else gauge.open("day");
      expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, true, true]);
      await setImmediate();
      expect(gauge.get()).toMatchObject({ volley: undefined, level: undefined });
      tick();
      const target = turn === "key" ? "/v1/limits/demo?key=ada" : "/v1/limits/day?key=console";
      expect((await next()).map((one) => one.target)).toEqual([target]);
      vi.unstubAllGlobals();
    }
  });

  it("leaves the calls with the page, and still shows what became of them", async () => {
    const { gauge, next } = await opened();
    gauge.fire(2, "wait");
    const [first] = await next();
    first?.answer(GONE);
    await next();
    gauge.close();
    await setImmediate();
    expect(gauge.get().volley?.calls.map(({ kind }) => kind)).toEqual(["went", "left"]);
  });

  it("does not show the answers to calls that others have taken the place of", async () => {
    const { gauge, next } = await opened();
    gauge.fire(1, "try");
    gauge.fire(2, "try");
    await next();
    expect(gauge.get().volley?.calls).toEqual([{ kind: "open" }, { kind: "open" }]);
  });

  it("keeps what it has seen when it cannot look, and asks again by itself unless that is of no use", async () => {
    for (const [status, again] of [
      [503, 1],
      [401, 0],
    ] as const) {
      const { gauge, next, tick } = await opened();
      tick();
      (await next())[0]?.answer({ title: "No" }, status);
      await next();
      expect(gauge.get()).toMatchObject({ level: { tokens: 5 }, failure: { kind: "refused" } });
      tick();
      expect(await next()).toHaveLength(again);
      gauge.look();
      expect(await next()).toHaveLength(1 - again);
      vi.unstubAllGlobals();
    }
  });

  it("looks at no bucket without a key", async () => {
    const { gauge, next, tick } = await opened();
    gauge.aim("");
    tick();
    expect(await next()).toEqual([]);
  });
});
