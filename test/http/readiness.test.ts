import { afterEach, describe, expect, it, vi } from "vitest";
import { VirtualClock } from "#kernel";
import type { Parts } from "../../src/http/readiness.ts";
import { bearer, tokenOf, tokensOf } from "../support/tokens.ts";
import { wholeApp } from "../support/whole-app.ts";

const tokens = await tokensOf({ monitor: ["health"], ci: ["fanout"] });
const answers = async () => await Promise.resolve("whatever");

/** Asks as the holder of a token; says what was answered, and what was logged. */
async function ask(parts: Parts, { token = 0, silent = 0 } = {}) {
  const clock = new VirtualClock();
  const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { app } = wholeApp({ tokens, parts, clock });
  const asking = Promise.resolve(app.request("/v1/ready", { headers: bearer(tokenOf(token)) }));
  if (silent > 0) await vi.waitFor(() => expect(clock.pending).toBe(silent));
  await clock.advance(2_000);
  const response = await asking;
  const { status, headers } = response;
  return { status, headers, body: await response.json(), log: logged.mock.calls.join("\n") };
}

afterEach(() => vi.restoreAllMocks());

describe("GET /v1/ready", () => {
  it("asks all parts at once, and says how long each took", async () => {
    const { status, body } = await ask({ tasks: answers, files: answers });
    expect(status).toBe(200);
    expect(body).toEqual({
      parts: [
        { name: "tasks", elapsedMs: 0 },
        { name: "files", elapsedMs: 0 },
      ],
    });
  });

  it("names those that fail or are silent; only the log says why", async () => {
    const parts = {
      tasks: answers,
      rooms: async () => await Promise.reject(new Error("a broken thing")),
      files: async () => await new Promise(() => undefined),
    };
    const { status, headers, body, log } = await ask(parts, { silent: 1 });
    expect([status, headers.get("Retry-After")]).toEqual([503, "1"]);
    expect(body).toMatchObject({ type: "urn:manifold:problem:not-ready", away: ["rooms", "files"] });
    expect(JSON.stringify(body)).not.toContain("broken");
    expect(log).toContain("a broken thing");
    expect(log).toContain("Timed out after 2000 ms");
  });

  it("asks nobody for who may not know", async () => {
    const part = vi.fn<typeof answers>(answers);
    expect((await ask({ part }, { token: 1 })).status).toBe(403);
    expect(part).not.toHaveBeenCalled();
  });
});
