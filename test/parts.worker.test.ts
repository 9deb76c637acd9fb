import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openParts } from "../src/parts.ts";

describe("openParts", () => {
  it("has parts that answer, and leaves nothing behind where nothing is", async () => {
    const parts = openParts(env);
    expect(Object.keys(parts)).toEqual([
      "tasks-0",
      "tasks-1",
      "tasks-2",
      "tasks-3",
      "limits",
      "rooms",
      "crawls",
      "files",
      "archives",
      "task-texts",
    ]);
    for (const isThere of Object.values(parts)) await isThere();
    for (const objects of [env.RATE_LIMITERS, env.CHAT_ROOMS, env.CRAWLS]) {
      const kept = await runInDurableObject(objects.getByName("#ready") as never, (_, { storage }) => ({
        tables: storage.sql
          .exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'")
          .toArray(),
        values: [...storage.kv.list()],
      }));
      expect(kept).toEqual({ tables: [], values: [] });
    }
  });
});
