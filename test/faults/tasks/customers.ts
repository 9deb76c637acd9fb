import { idMaker } from "../../../src/tasks/id.ts";
import type { Policies } from "../../../src/tasks/stub.ts";
import type { World } from "../world.ts";
import { type Call, stubOver } from "./network.ts";
import type { Oracle } from "./oracle.ts";
import type { Deed, Step, TypeName } from "./plan.ts";

/** What customers want of a shard. */
type Wish = Extract<
  Step["what"],
  { do: "add" | "add-once" | "group" | "cancel" | "retry" | "redrive" | "pause" | "resume" }
>;

/** Those who enqueue tasks, and what they were told. */
export type Customers = ReturnType<typeof createCustomers>;

/** @param call Reaches the shard, or does not. */
export function createCustomers(world: World, call: Call, policies: Policies, oracle: Oracle) {
  const { dice } = world;
  const stub = stubOver(call, policies);
  const makeId = idMaker(
    () => world.now() + 1,
    () => dice.between(0, 999) / 1_000,
  );
  /** Tasks that somebody was told are accepted. */
  const accepted: string[] = [];
  /** What each key was told to stand for. */
  const once = new Map<string, Set<string>>();
  const groups: { readonly members: readonly string[]; readonly next: string }[] = [];
  let open = 0;
  let keys = 0;

  const taskOf = (type: TypeName, deed: Deed, delayMs = 0) => {
    const slot = type === "slot" ? "slot/" : type === "keyed" ? `keyed/${dice.between(0, 2)}` : undefined;
    const payload = JSON.stringify({ deed, ms: dice.pick([10, 3_000, 12_000]) });
    return { id: makeId("task", 0), type, payload, slot, dueMs: world.now() + delayMs };
  };

  /** Says it again until it is heard. */
  const insist = async <T>(say: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await say();
      } catch {
        await new Promise<void>((resolve) => world.after(dice.between(50, 1_000), resolve));
      }
    }
  };

  const fulfil = async (wish: Wish): Promise<void> => {
    switch (wish.do) {
      case "add": {
        const tasks = Array.from({ length: wish.count }, () => taskOf(wish.type, wish.deed, wish.delayMs));
        const answers = await stub.enqueue(tasks);
        for (const answer of answers) if (answer.kind === "new") accepted.push(answer.id);
        return;
      }
      case "add-once": {
        const key = String((keys += 1));
        const task = taskOf(wish.type, wish.deed);
        const told = new Set<string>();
        once.set(key, told);
        for (let time = 0; time < 2; time += 1) {
          const [answer] = await insist(
            async () =>
              await stub.enqueue([{ ...task, id: makeId("task", 0), once: { key, fingerprint: "" } }]),
          );
          if (answer !== undefined && answer.kind !== "reused") told.add(answer.id);
        }
        accepted.push(...told);
        return;
      }
      case "group": {
        const tasks = Array.from({ length: wish.count }, () => taskOf("plain", wish.deed));
        const next = taskOf("plain", "quick");
        const members = tasks.map(({ id }) => id);
        oracle.grouped(next.id, members);
        groups.push({ members, next: next.id });
        await stub.enqueueGroup({ id: makeId("group", 0), tasks, next });
        accepted.push(...members);
        return;
      }
      case "cancel":
      case "retry": {
        const id = accepted[wish.nth % Math.max(1, accepted.length)];
        if (id !== undefined) world.saw(`${wish.do}: ${await stub[wish.do](id)}`);
        return;
      }
      case "redrive":
        if ((await stub.redrive({ most: 100 })) > 0) world.saw("a redrive of the dead");
        return;
      case "pause":
        return await stub.setPaused(wish.type, true);
      case "resume":
        return await insist(async () => await stub.setPaused(wish.type, false));
    }
  };

  return {
    accepted,
    once,
    groups,
    isSettled: () => open === 0,
    act(wish: Wish) {
      open += 1;
      fulfil(wish)
        .catch(() => undefined) // whoever gets no answer knows nothing
        .finally(() => (open -= 1));
    },
  };
}
