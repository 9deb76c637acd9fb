import type { Shard } from "../../../src/tasks/shard.ts";
import type { TaskStore } from "../../../src/tasks/store.ts";
import type { Broken } from "./broken.ts";
import type { Oracle } from "./oracle.ts";

/** What the shard is doing at the moment: there is one thing at a time. */
let during = "";

const within = <T>(what: string, run: () => T): T => {
  during = what;
  try {
    return run();
  } finally {
    during = "";
  }
};

/** Tells the oracle what a shard writes, and its machine that it does. */
export function watchStore(
  store: TaskStore,
  {
    oracle,
    write,
    alive,
  }: { readonly oracle: Oracle; readonly write: () => void; readonly alive: () => boolean },
): TaskStore {
  const noting = <A extends readonly unknown[]>(run: (...args: A) => void) => {
    return (...args: A) => {
      if (!alive()) return;
      write();
      run(...args);
    };
  };
  return {
    ...store,
    put: noting((row) => {
      oracle.put(store.row(row.id), row, during, (id) => store.row(id));
      store.put(row);
    }),
    remove: noting((id) => store.remove(id)),
    putText: noting((id, kind, text) => store.putText(id, kind, text)),
    postpone: noting((ids, nowMs, wakeMs) => store.postpone(ids, nowMs, wakeMs)),
    hasten: noting((nowMs) => store.hasten(nowMs)),
    putGroup: noting((group) => store.putGroup(group)),
    removeGroup: noting((id) => store.removeGroup(id)),
    putKey: noting((key, entry) => store.putKey(key, entry)),
    putType: noting((name, state) => store.putType(name, state)),
  };
}

interface Watching {
  readonly oracle: Oracle;
  readonly store: TaskStore;
  readonly now: () => number;
  readonly broken: Broken | undefined;
}

/** Tells the oracle what a shard answers. */
export function watchShard(shard: Shard, { oracle, store, now, broken }: Watching): Shard {
  return {
    ...shard,
    claim(policies, worker, ids) {
      const claims = within("claim", () => shard.claim(policies, worker, ids));
      // A task of the same call may have ended and ordered its clean-up anew, which is nobody's then.
      const held = claims.filter(({ id }) => store.row(id)?.state === "running");
      oracle.claimed(held, (id) => store.row(id)?.slot, now());
      return claims;
    },
    async beat(beats, holdMs) {
      // What it answers at the end speaks of that moment.
      const answer = await shard.beat(beats, holdMs);
      oracle.beaten(beats, answer.lost, now());
      return answer;
    },
    report(reports) {
      const taken = oracle.reporting(reports);
      const shown =
        broken === "takes-any-fence"
          ? reports.map((one) => ({ ...one, fence: store.row(one.id)?.fence ?? 0 }))
          : reports;
      const refused = within("report", () => shard.report(shown));
      taken(refused);
      return refused;
    },
    retry: (id) => within("retry", () => shard.retry(id)),
    redrive: (which) => within("redrive", () => shard.redrive(which)),
  };
}
