import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { openSqliteTasks } from "../../durable-objects/sqlite-tasks.ts";
import { describeTasks } from "../tasks/store-contract.ts";

let count = 0;

describeTasks("openSqliteTasks", async (use) => {
  const object = env.TASK_SHARDS.getByName(`store-${(count += 1)}`);
  await runInDurableObject(object, (_, { storage }) => {
    const open = () => openSqliteTasks(storage);
    use(open(), open);
  });
});
