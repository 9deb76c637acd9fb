import { ROUTE_NAMES, type RouteName } from "./routes.ts";

/** Requests since the last reset, those not yet over, and the most that were open at a time. */
interface Counts {
  readonly calls: number;
  readonly open: number;
  readonly maxOpen: number;
}

/** The counts of all routes together, of every route, and of every lane that a caller named. */
export interface StatsReport {
  readonly total: Counts;
  readonly routes: Readonly<Record<string, Counts>>;
  readonly lanes: Readonly<Record<string, Counts>>;
}

/** Counts requests by route and by lane. */
export interface Stats {
  /** Notes a request. Call what it returns, once, when the request is over. */
  enter(route: RouteName, lane: string | undefined): () => void;
  report(): StatsReport;
  /** Forgets what is past; a request still open goes on counting as open. */
  reset(): void;
}

type Counter = { -readonly [Key in keyof Counts]: Counts[Key] };
type Tally = Map<string, Counter>;

/** Makes counters, all at zero. */
export function createStats(): Stats {
  const total: Counter = { calls: 0, open: 0, maxOpen: 0 };
  const routes: Tally = new Map();
  const lanes: Tally = new Map();
  for (const name of ROUTE_NAMES) countsOf(routes, name);
  return {
    enter(route, lane) {
      const entered = [total, countsOf(routes, route)];
      if (lane !== undefined) entered.push(countsOf(lanes, lane));
      for (const counts of entered) {
        counts.calls += 1;
        counts.open += 1;
        counts.maxOpen = Math.max(counts.maxOpen, counts.open);
      }
      return () => {
        for (const counts of entered) counts.open -= 1;
      };
    },
    report() {
      return structuredClone({ total, routes: Object.fromEntries(routes), lanes: Object.fromEntries(lanes) });
    },
    reset() {
      for (const [lane, { open }] of lanes) if (open === 0) lanes.delete(lane);
      for (const counts of [total, ...routes.values(), ...lanes.values()]) {
        counts.calls = 0;
        counts.maxOpen = counts.open;
      }
    },
  };
}

function countsOf(tally: Tally, key: string) {
  const counts = tally.get(key) ?? { calls: 0, open: 0, maxOpen: 0 };
  tally.set(key, counts);
  return counts;
}
