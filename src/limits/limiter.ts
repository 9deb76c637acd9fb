import type { Denied, Granted, Limiter, Reserved, Standings, Waiting } from "./decision.ts";
import * as ledgers from "./ledger.ts";
import type { Place } from "./place.ts";
import type { PolicySet } from "./policy.ts";
import { restoreLedger, type SavedLimiter, saveLedger } from "./saved-limiter.ts";

/** A longer wait is given as a reservation: nothing has to stay awake for it. */
export const LONGEST_STAY_MS = 2_000;

/** How long a place is kept for its holder after its time has come. */
const GRACE_MS = 5_000;

/** Says why a cost can never be paid; `undefined` when it can. */
export function costFault(set: PolicySet, cost: number): string | undefined {
  // Less than nothing would fill the bucket.
  if (!(Number.isSafeInteger(cost) && cost >= 1))
    return `expected \`cost\` to be an integer ≥ 1, got ${cost}`;
  const policy = set.find(({ capacity }) => capacity < cost);
  if (policy === undefined) return undefined;
  return `expected \`cost\` to be at most ${policy.capacity}, the capacity of \`${policy.name}\`, got ${cost}`;
}

/** Begins with full buckets, or where `saved` left off. Callers who stayed then are gone. */
export function createLimiter(set: PolicySet, nowMs: number, saved?: SavedLimiter): Limiter {
  let ledger = saved === undefined ? ledgers.openLedger(set, nowMs) : restoreLedger(saved, set);
  // A capacity may have become smaller than what somebody waits for.
  let queue: Place[] = (saved?.places ?? []).filter(({ cost }) => costFault(set, cost) === undefined);
  /** Until when reserved places are kept whose time has come, by id. */
  const claimable = new Map(saved?.claimable);
  let turns: string[] = [];
  /** The ledger as it will be when the queue has been served; holds until something changes but time. */
  let afterQueue: ledgers.Ledger | undefined;
  let changes = 0;

  const maxWaitMs = Math.min(...set.map((policy) => policy.maxWaitMs));
  const maxWaiters = Math.min(...set.map((policy) => policy.maxWaiters));

  const turnMs = (before: ledgers.Ledger, { cost, reservation }: Place) =>
    Math.max(ledgers.roomInAllMs(before, set, cost), reservation?.notBeforeMs ?? 0);
  const serve = (before: ledgers.Ledger, place: Place) =>
    ledgers.take(ledgers.advance(before, set, turnMs(before, place)), set, place.cost);
  const ahead = () => (afterQueue ??= queue.reduce(serve, ledger));

  const change = (next: ledgers.Ledger) => {
    ledger = next;
    afterQueue = undefined;
    changes += 1;
  };

  const jump = (byMs: number) => {
    change(ledgers.shifted(ledger, byMs));
    queue = queue.map((place) => {
      if (place.reservation === undefined) return place;
      const { notBeforeMs, expiresMs } = place.reservation;
      return { ...place, reservation: { notBeforeMs: notBeforeMs + byMs, expiresMs: expiresMs + byMs } };
    });
    for (const [id, expiresMs] of claimable) claimable.set(id, expiresMs + byMs);
  };

  const moveTo = (now: number) => {
    if (now < ledger.atMs) jump(now - ledger.atMs);
    for (let [head] = queue; head !== undefined && turnMs(ledger, head) <= now; [head] = queue) {
      ledger = serve(ledger, head);
      changes += 1;
      queue.shift();
      if (head.reservation === undefined) turns.push(head.id);
      else claimable.set(head.id, head.reservation.expiresMs);
    }
    ledger = ledgers.advance(ledger, set, now);
    for (const [id, expiresMs] of claimable) if (expiresMs < now) claimable.delete(id);
  };

  const hasRoom = (cost: number) =>
    queue.length === 0 && ledgers.roomInAllMs(ledger, set, cost) <= ledger.atMs;

  const stand = (): Standings => {
    const standings = ledgers.standingsOf(ledger, set);
    // Whoever waits has a claim to what is there.
    const free = queue.length === 0 ? standings : standings.map((one) => ({ ...one, remaining: 0 }));
    return { policy: ledgers.bindingOf(ledger, set), standings: free };
  };

  const grant = (): Granted => ({ state: "granted", ...stand() });

  const deny = (reason: Denied["reason"], cost: number): Denied => ({
    ...stand(),
    state: "denied",
    reason,
    retryAfterMs: ledgers.roomInAllMs(ahead(), set, cost) - ledger.atMs,
    policy: ledgers.bindingOf(ahead(), set, cost),
  });

  /** Gives a place: to stay at if its turn is near, to come back to if it is not. */
  const giveTurn = (id: string, cost: number, dueMs: number): [Place, Waiting | Reserved] => {
    if (dueMs - ledger.atMs <= LONGEST_STAY_MS) {
      return [
        { id, cost, reservation: undefined },
        { state: "waiting", dueMs },
      ];
    }
    const reservation = { notBeforeMs: dueMs, expiresMs: dueMs + GRACE_MS };
    return [
      { id, cost, reservation },
      { state: "reserved", ...reservation },
    ];
  };

  return {
    tryTake(now, cost) {
      moveTo(now);
      if (!hasRoom(cost)) return deny("exhausted", cost);
      change(ledgers.take(ledger, set, cost));
      return grant();
    },

    wait(now, { id, cost, maxWaitMs: ownMaxMs = Infinity }) {
      moveTo(now);
      if (hasRoom(cost)) {
        change(ledgers.take(ledger, set, cost));
        return grant();
      }
      const dueMs = turnMs(ahead(), { id, cost, reservation: undefined });
      if (dueMs - now > Math.min(maxWaitMs, ownMaxMs)) return deny("too-long", cost);
      if (queue.length >= maxWaiters) return deny("queue-full", cost);
      const [place, answer] = giveTurn(id, cost, dueMs);
      afterQueue = serve(ahead(), place);
      queue.push(place);
      changes += 1;
      return answer;
    },

    claim(now, id) {
      moveTo(now);
      changes += 1;
      if (claimable.delete(id)) return grant();
      const index = queue.findIndex((place) => place.id === id);
      const place = queue[index];
      if (place === undefined) return undefined;
      // Its time was fixed for as long as its holder was away; now it may move up.
      const before = queue.slice(0, index).reduce(serve, ledger);
      const [free, answer] = giveTurn(id, place.cost, ledgers.roomInAllMs(before, set, place.cost));
      queue[index] = free;
      afterQueue = undefined;
      moveTo(now);
      if (queue.includes(free)) return answer;
      turns = turns.filter((other) => other !== id);
      return grant();
    },

    cancel(now, id) {
      moveTo(now);
      const left = queue.filter((place) => place.id !== id);
      if (left.length === queue.length) return false;
      queue = left;
      change(ledger);
      moveTo(now);
      return true;
    },

    lease(now, { id, cost, extra, forMs }) {
      moveTo(now);
      if (!hasRoom(cost)) return deny("exhausted", cost);
      change(ledgers.take(ledger, set, cost));
      // Half of what is there, so that one holder does not leave the others without.
      const remaining = ledgers.standingsOf(ledger, set).map((one) => one.remaining);
      const tokens = Math.min(extra, Math.floor(Math.min(...remaining) / 2));
      if (tokens > 0) change(ledgers.openLease(ledger, set, { id, tokens, expiresMs: now + forMs }));
      return { state: "leased", extra: tokens, ...stand() };
    },

    giveBack(now, id, unused) {
      moveTo(now);
      const lease = ledger.leases.find((one) => one.id === id);
      if (lease === undefined) return;
      change(ledgers.endLease(ledger, set, lease, Math.min(unused, lease.tokens)));
      moveTo(now);
    },

    advance: moveTo,

    granted() {
      const ids = turns;
      turns = [];
      return ids;
    },

    dueMs() {
      const [head] = queue;
      const stays = queue.some(({ reservation }) => reservation === undefined);
      return head !== undefined && stays ? turnMs(ledger, head) : undefined;
    },

    look(now) {
      moveTo(now);
      return { ...stand(), waiting: queue.length, held: ledger.held };
    },

    idleAtMs() {
      const served = ahead();
      const lastMs = Math.max(
        served.atMs,
        served.leases.at(-1)?.expiresMs ?? 0,
        ...[...claimable.values()].map((expiresMs) => expiresMs + 1),
      );
      const alone = ledgers.advance(served, set, lastMs);
      return Math.max(...set.map(({ capacity }) => ledgers.roomInAllMs(alone, set, capacity)));
    },

    changes: () => changes,

    save: () => ({
      ...saveLedger(ledger, set),
      places: queue.filter(({ reservation }) => reservation !== undefined),
      claimable: [...claimable],
    }),
  };
}
