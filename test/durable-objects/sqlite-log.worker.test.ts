import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { openSqliteLog } from "../../durable-objects/sqlite-log.ts";
import { describeLog } from "../chat/log-contract.ts";

let count = 0;

describeLog("openSqliteLog", async (use) => {
  const object = env.CHAT_ROOMS.getByName(`log-${(count += 1)}`);
  await runInDurableObject(object, (_, { storage }) => {
    const open = () => openSqliteLog(storage, () => crypto.randomUUID());
    use(open(), open);
  });
});
