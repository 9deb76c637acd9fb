import { afterEach, describe, expect, it, vi } from "vitest";
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
});
