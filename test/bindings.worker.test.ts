import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { missingBindings } from "../src/bindings.ts";

describe("missingBindings", () => {
  it("finds all that wrangler.toml has", () => {
    expect(missingBindings({ ...env })).toEqual([]);
  });

  it("names one that is not there, and one of another kind, and where they belong", () => {
    expect(missingBindings({ ...env, FILES: undefined, CRAWL_QUEUE: env.FILES, TASK_SHARDS: "4" })).toEqual([
      "expected the binding `TASK_SHARDS` among `[[durable_objects.bindings]]` of wrangler.toml",
      "expected the binding `CRAWL_QUEUE` among `[[queues.producers]]` of wrangler.toml",
      "expected the binding `FILES` among `[[r2_buckets]]` of wrangler.toml",
    ]);
  });
});
