import { describe, expect, it, vi } from "vitest";
import { createBoard } from "../../console/tasks/board.ts";
import { exampleOf } from "../../console/tasks/example-of.ts";
import { spansOf } from "../../console/tasks/task-spans.ts";
import { findBarriers } from "../support/accessibility.ts";
import { pagesOver, words } from "./pages.ts";
import { json, problem } from "./site.ts";

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();

const SUMMARY = { type: "compare", attempts: 1, createdAt: at(0), dueAt: at(0), startedAt: at(1) };
const DONE = { ...SUMMARY, id: "01-done", state: "succeeded", endedAt: at(3), durationMs: 2_000 };
const RUNNING = {
  ...SUMMARY,
  id: "02-runs",
  state: "running",
  progress: { fraction: 0.5, note: "DEU" },
};
const DEAD = {
  ...SUMMARY,
  id: "03-dead",
  state: "dead",
  attempts: 3,
  error: { code: "threw", message: "<b>no</b> answer" },
};

const EVENTS = [
  { version: 1, at: at(0), what: "queued" },
  { version: 2, at: at(1), what: "running", attempt: 1, worker: "w1" },
  { version: 3, at: at(3), what: "succeeded", attempt: 1 },
];
const TYPES = {
  items: [
    {
      type: "compare",
      payload: {
        type: "object",
        properties: { codes: { type: "array", items: { type: "string" }, minItems: 1 } },
        required: ["codes"],
        examples: [{ codes: ["FRA"] }],
      },
      attempts: 3,
      timeoutMs: 30_000,
      retentionMs: 1,
    },
    { type: "other", payload: null, attempts: 1, timeoutMs: 1, retentionMs: 1 },
  ],
};
const STATS = { types: { compare: { isPaused: false, counts: { succeeded: 1, running: 1, dead: 1 } } } };

const { open, site } = pagesOver({
  "/v1/endpoints": json({ items: [], cursor: null }),
  "/v1/tasks": json({ items: [DEAD, RUNNING, DONE] }),
  "/v1/tasks/stats": json(STATS),
  "/v1/task-types": json(TYPES),
  "/v1/tasks/01-done": json({
    ...DONE,
    worker: "w1",
    payload: { codes: ["FRA"] },
    result: [7],
    events: EVENTS,
  }),
  "/v1/tasks/02-runs": json({ ...RUNNING, payload: {}, result: null, events: EVENTS.slice(0, 2) }),
  "/v1/tasks/03-dead": json({ ...DEAD, payload: {}, result: null, events: EVENTS.slice(0, 1) }),
});

describe("the page of tasks", () => {
  it("shows how many there are of each type, and the newest, and opens one with its life and its result", async () => {
    const page = await open("#tasks");
    await page.getByRole("link", { name: /succeeded/ }).click();
    await page.getByRole("article").waitFor();
    expect(new URL(page.url()).hash).toBe("#tasks/01-done");
    expect(await words(page, ".type-list")).toContain("1 running 1 succeeded 1 dead");
    expect(await words(page, ".task-timeline")).toMatch(/queued .* running \(attempt 1\) .* succeeded/);
    expect(await words(page, ".task .facts")).toContain("1 attempt 2,000 ms worker w1");
    expect(await page.locator(".task pre").last().textContent()).toBe("[\n  7\n]");
    expect(await page.locator(".task-note progress").count()).toBe(1);
    expect(await page.locator(".task-list").innerText()).toContain("<b>no</b> answer");
    expect(await findBarriers(page)).toEqual([]);
  });

  it("begins a payload as an example, says what is wrong with it, and opens what was enqueued", async () => {
    const page = await open("#tasks");
    const payload = page.getByLabel("Payload");
    await payload.waitFor();
    expect(JSON.parse(await payload.inputValue())).toEqual({ codes: ["FRA"] });
    await payload.fill("{");
    await page.getByRole("button", { name: "Enqueue" }).click();
    await page.getByText("This is no JSON").waitFor();
    await payload.fill("{}");
    const refuse = problem({ title: "No", status: 400, detail: "`payload.codes`: expected a list" });
    site().answer("/v1/tasks", (response) =>
      response.req.method === "POST" ? refuse(response) : json({ items: [] })(response),
    );
    await page.getByRole("button", { name: "Enqueue" }).click();
    await page.getByText("expected a list").first().waitFor();
    expect(await findBarriers(page)).toEqual([]);
  });

  it("offers to cancel what is open and to retry what has failed", async () => {
    const page = await open("#tasks/02-runs");
    await page.getByRole("button", { name: "Cancel" }).waitFor();
    const cancelled = Promise.withResolvers<string | undefined>();
    site().answer("/v1/tasks/02-runs/cancel", (response) => {
      cancelled.resolve(response.req.method);
      json({ status: "cancelling" }, {}, 202)(response);
    });
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await cancelled.promise).toBe("POST");
    await page.getByRole("link", { name: /dead/ }).click();
    site().answer("/v1/tasks/03-dead/retry", problem({ title: "The task has not ended", status: 409 }));
    await page.getByRole("button", { name: "Retry" }).click();
    await page.getByText("The task has not ended").waitFor();
  });

  it("keeps what is written when the tasks cannot be looked at for a while", async () => {
    const page = await open("#tasks");
    await page.getByLabel("Payload").fill("[1]");
    site().answer("/v1/tasks", problem({ title: "Tasks are away", status: 503 }));
    await page.getByText("Tasks are away").waitFor();
    expect(await page.getByLabel("Payload").inputValue()).toBe("[1]");
    site().reset();
    await page.getByText("Tasks are away").waitFor({ state: "detached" });
    expect(await page.getByLabel("Payload").inputValue()).toBe("[1]");
  });

  it("asks for a token where the door is shut", async () => {
    const page = await open("#");
    site().answer("/v1/tasks", problem({ title: "Who asks is not known", status: 401 }));
    await page.goto(`${site().url}/#tasks`);
    await page.getByLabel("Token").waitFor();
    expect(await findBarriers(page)).toEqual([]);
  });

  it("fits a phone", async () => {
    const page = await open("#tasks/01-done", { width: 390, height: 800 });
    await page.getByRole("article").waitFor();
    const overhang = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
    expect(overhang).toBeLessThanOrEqual(0);
  });
});

describe("createBoard", () => {
  it("asks again by itself, but not for a task that is not there", async () => {
    const asked: string[] = [];
    const answers: Readonly<Record<string, unknown>> = {
      "/v1/tasks?limit=50": { items: [] },
      "/v1/tasks/stats": STATS,
      "/v1/task-types": TYPES,
    };
    vi.stubGlobal("sessionStorage", { getItem: () => null });
    vi.stubGlobal("fetch", async (target: string) => {
      asked.push(target);
      const answer = answers[target];
      return await Promise.resolve(Response.json(answer ?? { title: "No" }, { status: answer ? 200 : 404 }));
    });
    let tick = () => {};
    const board = createBoard((listener) => ((tick = listener), () => {}));
    const settled = async () =>
      await vi.waitFor(() =>
        expect([board.task, board.overview].map((one) => one.get().kind)).toEqual(["loaded", "loaded"]),
      );
    board.open("03-none");
    await settled();
    tick();
    await settled();
    const times = (target: string) => asked.filter((one) => one === target).length;
    expect([times("/v1/tasks/03-none"), times("/v1/tasks/stats")]).toEqual([1, 2]);
    board.refresh();
    await settled();
    vi.unstubAllGlobals();
    expect(times("/v1/tasks/03-none")).toBe(2);
  });
});

describe("exampleOf", () => {
  it.each([
    [{ examples: [7], type: "string" }, 7],
    [{ const: "a" }, "a"],
    [{ enum: ["x", "y"] }, "x"],
    [{ type: "string", format: "uri" }, "https://example.com/"],
    [{ type: "integer", minimum: 3 }, 3],
    [{ type: ["null", "string"] }, null],
    [{ anyOf: [{ type: "boolean" }, { type: "string" }] }, false],
    [{ type: "array", items: { type: "string" }, minItems: 2 }, ["", ""]],
    [{ properties: { a: { type: "string" }, b: { type: "string" } }, required: ["a"] }, { a: "" }],
    [{}, {}],
  ])("makes of %j what fits it", (schema, example) => {
    expect(exampleOf(schema)).toEqual(example);
  });
});

describe("spansOf", () => {
  const endOf = (second: number) => Date.parse(at(second));

  it("divides a life among its events", () => {
    const spans = spansOf({ events: EVENTS }, endOf(60));
    expect(spans.map(({ left, width }) => [left, width])).toEqual([
      [0, 1 / 3],
      [1 / 3, 2 / 3],
      [1, 0],
    ]);
  });

  it("lasts until now, as long as it has not ended", () => {
    const spans = spansOf({ events: EVENTS.slice(0, 2) }, endOf(4));
    expect(spans.at(-1)).toMatchObject({ left: 0.25, width: 0.75 });
  });
});
