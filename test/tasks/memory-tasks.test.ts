import { memoryTasks } from "./memory-tasks.ts";
import { describeTasks } from "./store-contract.ts";

describeTasks("the store of the tests", async (use) => {
  const store = memoryTasks();
  use(store, () => store);
  await Promise.resolve();
});
