import { describeLog } from "./log-contract.ts";
import { memoryLog } from "./memory-log.ts";

describeLog("the log of the tests", async (use) => {
  const log = memoryLog();
  use(log, () => log);
  await Promise.resolve();
});
