import { CLEAN_UP } from "../../../src/tasks/clean-up.ts";
import { cleanUpId } from "../../../src/tasks/id.ts";
import { isEnded } from "../../../src/tasks/row.ts";
import type { Customers } from "./customers.ts";
import type { Oracle } from "./oracle.ts";
import type { Resource } from "./resource.ts";
import type { ShardHost } from "./shard-host.ts";

interface Scene {
  readonly customers: Customers;
  readonly shard: ShardHost;
  readonly oracle: Oracle;
  readonly resource: Resource;
}

/** @returns What is not as it must be in the end, if something is not. */
export function expectPeace({ customers, shard, oracle, resource }: Scene): string | undefined {
  if (!customers.isSettled()) return "somebody still waits for an answer";
  const { store } = shard;
  const [kept, counted] = [shard.counts(), store.counts()].map((counts) =>
    counts.map((one) => JSON.stringify(one, ["type", "state", "count"])).toSorted(),
  );
  if (String(kept) !== String(counted)) return `its count is ${kept}, where there are ${counted}`;
  // What puts away may be poison as everything may, with three workers in a row that others have killed.
  const isPutAway = (id: string, record: string) =>
    resource.isClean(record) || store.row(cleanUpId(id))?.error?.code === "poison";
  for (const row of store.list({ most: 1_000 })) {
    const { id, type, state, record } = row;
    if (!isEnded(row)) return `${id} is still ${state}, and wakes at ${row.wakeMs}`;
    if (
      type !== CLEAN_UP &&
      state !== "succeeded" &&
      record !== undefined &&
      !isPutAway(id, JSON.stringify(record))
    )
      return `nobody has put away ${JSON.stringify(record)}`;
    const result = store.text(id, "result");
    if (state === "succeeded" && result !== oracle.resultOf(id))
      return `${id} has the result ${result}, and ${oracle.resultOf(id)} was reported`;
  }
  for (const id of customers.accepted) {
    if (store.row(id) === undefined && !oracle.hasEnded(id)) return `${id} was accepted, and is not there`;
  }
  for (const [nth, ids] of customers.once) {
    if (ids.size > 1) return `the key ${nth} stands for ${[...ids].join(", ")}`;
  }
  for (const { members, next } of customers.groups) {
    if (members.every((id) => !oracle.hasEnded(id))) continue;
    if (store.row(next) === undefined && !oracle.hasEnded(next))
      return `the group of ${next} was never joined`;
  }
  return undefined;
}
