import { afterEach, describe, expect, it, vi } from "vitest";
import { gather } from "#kernel";
import { logError, logInfo, logProblem } from "../../src/http/log.ts";

/** What is written to the console, parsed. */
function watch(method: "log" | "error") {
  const lines: unknown[] = [];
  vi.spyOn(console, method).mockImplementation((line: string) => void lines.push(JSON.parse(line)));
  return lines;
}

afterEach(() => void vi.restoreAllMocks());

describe("the log", () => {
  it("is a line of JSON an entry", () => {
    const lines = watch("log");
    logInfo({ event: "aggregate", ok: true, status: 200 });
    expect(lines).toEqual([{ level: "info", event: "aggregate", ok: true, status: 200 }]);
  });

  it("can leave out what went well", () => {
    const lines = watch("log");
    logProblem({ event: "aggregate", ok: true });
    logProblem({ event: "aggregate", ok: false });
    expect(lines).toMatchObject([{ ok: false }]);
  });

  it("has an error's stack and its causes", () => {
    const lines = watch("error");
    logError("request-failed", { requestId: "a" }, new Error("outer", { cause: "inner" }));
    logError("request-failed", {}, 5);
    expect(lines).toMatchObject([
      {
        level: "error",
        requestId: "a",
        error: { message: "outer", stack: expect.any(String) as string, cause: "inner" },
      },
      { error: "5" },
    ]);
  });

  it("has what failed beside an error", async () => {
    const lines = watch("error");
    const failing = (message: string) => async () => await Promise.reject(new Error(message));
    const first = await gather([failing("first"), failing("second")]).catch((error: unknown) => error);
    logError("request-failed", {}, first);
    logError("request-failed", {}, new AggregateError([new Error("a"), "b"], "All failed"));
    expect(lines).toMatchObject([
      { error: { message: "first", others: [{ message: "second" }] } },
      { error: { message: "All failed", others: [{ message: "a" }, "b"] } },
    ]);
  });

  it("bears errors that go round in a circle, and what is no error", () => {
    const lines = watch("error");
    const error = new Error("round");
    error.cause = error;
    logError("request-failed", {}, error);
    logError("request-failed", {}, Object.create(null));
    logError("request-failed", {}, { code: 7 });
    expect(lines).toMatchObject([{ error: { message: "round" } }, { error: "{}" }, { error: "{code}" }]);
  });
});
