import { describe, expect, it } from "vitest";
import * as z from "zod";
import { VirtualClock } from "#kernel";
import { task } from "../../src/tasks/define.ts";
import { bearer, tokenOf, tokensOf } from "../support/tokens.ts";
import { wholeApp } from "../support/whole-app.ts";
import { fakeShards } from "./fake-shards.ts";

const tokens = await tokensOf({ ops: ["tasks:read"] });

const handle = async () => await Promise.resolve();
const strict = task("strict", {
  payload: z.object({ name: z.string().min(1).default("Ann") }),
  attempts: 2,
  timeoutMs: 7,
  handle,
});
/** By a library that nobody here knows. */
const foreign = task("foreign", {
  payload: { "~standard": { version: 1, vendor: "other", validate: (value: unknown) => ({ value }) } },
  handle,
});

describe("GET /v1/task-types", () => {
  it("lists what can be enqueued, with what a payload has to be where that can be told", async () => {
    const clock = new VirtualClock();
    const { app } = wholeApp({ tokens, clock, tasks: fakeShards([strict, foreign], clock).options });
    const response = await app.request("/v1/task-types", { headers: bearer(tokenOf(0)) });
    expect(await response.json()).toMatchObject({
      items: [
        {
          type: "strict",
          payload: {
            type: "object",
            properties: { name: { type: "string", minLength: 1, default: "Ann" } },
          },
          attempts: 2,
          timeoutMs: 7,
        },
        { type: "foreign", payload: null, attempts: 5 },
      ],
    });
  });
});
