import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { NEVER } from "../../src/tasks/row.ts";
import { openSqliteTasks } from "../../durable-objects/sqlite-tasks.ts";
import { describeTasks, rowOf } from "../tasks/store-contract.ts";

let count = 0;

describeTasks("openSqliteTasks", async (use) => {
  const object = env.TASK_SHARDS.getByName(`store-${(count += 1)}`);
  await runInDurableObject(object, (_, { storage }) => {
    const open = () => openSqliteTasks(storage);
    use(open(), open);
  });
});

it("reads few rows for what is rare among many", async () => {
  await runInDurableObject(env.TASK_SHARDS.getByName("rare"), (_, { storage }) => {
    const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
    const sql = {
      exec(query: string, ...bindings: SqlStorageValue[]) {
        const cursor = storage.sql.exec(query, ...bindings);
        cursors.push(cursor);
        return cursor;
      },
    };
    const store = openSqliteTasks({ sql, transactionSync: (run: () => unknown) => run() } as never); // all that it uses
    const rowsRead = (read: () => { readonly length: number }) => {
      cursors.length = 0;
      expect(read()).toHaveLength(1);
      return cursors.reduce((sum, cursor) => sum + cursor.rowsRead, 0);
    };
    store.transact(() => {
      for (let nth = 0; nth < 500; nth += 1) {
        store.put(rowOf(`ended ${nth}`, { state: "succeeded", wakeMs: 9 }));
        store.put(rowOf(`held ${nth}`, { type: "u", wakeMs: NEVER }));
      }
      store.put(rowOf("dead", { state: "dead", wakeMs: 9 }));
      store.put(rowOf("held", { wakeMs: NEVER }));
    });
    expect(rowsRead(() => store.list({ state: "dead", most: 100 }))).toBeLessThan(5);
    const woken = () => {
      store.wakeHeld("t", 1);
      return store.outbox(1, 100);
    };
    expect(rowsRead(woken)).toBeLessThan(10);
  });
});
