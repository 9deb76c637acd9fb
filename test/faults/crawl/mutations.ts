import type { Mutation } from "./play-options.ts";

/** Mistakes that a play has to find. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "a batch that was taken in is out again when the object is opened anew": {
    store: (store) => ({ ...store, removeLease: () => undefined }),
  },
  "counts are not stored": {
    store: (store) => ({
      ...store,
      save: (state) => store.save({ ...state, counts: store.load()?.counts ?? state.counts }),
    }),
  },
  "what is lost is not put back": {
    store: (store) => ({
      ...store,
      putBack: (ids, dueMs, spent) => {
        if (spent.lost === 0) store.putBack(ids, dueMs, spent);
      },
    }),
  },
  "links of a page are forgotten": {
    store: (store) => ({ ...store, add: (found, most) => store.add(found.slice(0, 1), most) }),
  },
  "leases do not run out": { settings: { leaseMs: Infinity } },
  "more is leased than may become pages": {
    plan: (plan) => ({ ...plan, maxPages: plan.maxPages + 1 }),
  },
  "a gate lets everyone in": {
    gate: (gate) => ({
      ...gate,
      enter: async (who, origin) => {
        const entry = await gate.enter(who, origin);
        return entry.isOpen ? entry : { isOpen: true, waitMs: 0, failures: 0 };
      },
    }),
  },
  "a gate forgets the pause": {
    gate: (gate) => ({
      ...gate,
      leave: async (who, origin, visit) => await gate.leave(who, origin, { ...visit, pauseMs: 0 }),
    }),
  },
};
