import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openSqliteLog } from "../../durable-objects/sqlite-log.ts";
import { createRetention } from "../../src/chat/retention.ts";
import { DEFAULT_SETTINGS } from "../../src/chat/settings.ts";
import { describeLog } from "../chat/log-contract.ts";
import { countRows } from "./count-rows.ts";

let count = 0;

const objectOf = () => env.CHAT_ROOMS.getByName(`log-${(count += 1)}`);

describeLog("openSqliteLog", async (use) => {
  await runInDurableObject(objectOf(), (_, { storage }) => {
    const open = () => openSqliteLog(storage, () => crypto.randomUUID());
    use(open(), open);
  });
});

describe("openSqliteLog", () => {
  it("reads a few rows for each message, however many there are, and few to open", async () => {
    await runInDurableObject(objectOf(), (_, { storage }) => {
      const { sql, rowsRead } = countRows(storage);
      const { kv } = storage;
      const counted = { sql, kv, transactionSync: (run: () => unknown) => run() } as never; // all that it uses
      const open = () => openSqliteLog(counted, () => "epoch");

      const [log, messages, everyMs] = [open(), 8_000, 200];
      const retention = createRetention(log, { ...DEFAULT_SETTINGS, dedupeMs: 600_000 });
      for (let seq = 1; seq <= messages; seq += 1) {
        const nowMs = seq * everyMs;
        log.append([{ seq, uid: "u", name: "n", text: "x", ts: nowMs, id: `${seq}` }]);
        retention.appended(1, nowMs);
        retention.trim(nowMs);
      }
      expect(log.oldestIdMs()).toBeGreaterThanOrEqual(600_000);
      expect(rowsRead()).toBeLessThan(6 * messages);
      expect(open().last()).toBe(messages);
      expect(rowsRead()).toBeLessThan(10);
    });
  });
});
