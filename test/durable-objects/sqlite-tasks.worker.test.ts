import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { NEVER } from "../../src/tasks/row.ts";
import { openSqliteTasks } from "../../durable-objects/sqlite-tasks.ts";
import { describeTasks, rowOf } from "../tasks/store-contract.ts";
import { countRows } from "./count-rows.ts";

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
    const { sql, rowsRead } = countRows(storage);
    const store = openSqliteTasks({ sql, transactionSync: (run: () => unknown) => run() } as never); // all that it uses
    const rowsFor = (read: () => { readonly length: number }) => {
      rowsRead();
      expect(read()).toHaveLength(1);
      return rowsRead();
    };
    store.transact(() => {
      for (let nth = 0; nth < 500; nth += 1) {
        store.put(rowOf(`ended ${nth}`, { state: "succeeded", wakeMs: 9 }));
        store.put(rowOf(`held ${nth}`, { type: "u", wakeMs: NEVER }));
      }
      store.put(rowOf("dead", { state: "dead", wakeMs: 9 }));
      store.put(rowOf("held", { wakeMs: NEVER }));
    });
    expect(rowsFor(() => store.list({ state: "dead", most: 100 }))).toBeLessThan(5);
    const woken = () => {
      store.wakeHeld("t", 1);
      return store.outbox(1, 100);
    };
    expect(rowsFor(woken)).toBeLessThan(10);
  });
});
