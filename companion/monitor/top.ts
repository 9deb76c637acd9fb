import type { Entry } from "../registry.ts";
import type { Busy } from "./load.ts";
import type { Reply } from "./reply.ts";
import { tableOf } from "./table.ts";

const MOST_ENTRIES = 10;

/** Bytes a second, each way. */
interface Rate {
  readonly inRate: number;
  readonly outRate: number;
}

/**
 * Which share of the time the event loop was busy, what moves by kind, and the entries with most. Since it was asked
 * last, or since an entry is there; what has closed meanwhile is not counted.
 */
export function createTop(busy: Busy): (entries: readonly Entry[], nowMs: number) => Reply {
  let before = new Map<number, Entry["traffic"]>();
  let beforeMs = -Infinity;

  return (entries, nowMs) => {
    const rated = entries
      .filter(({ peer }) => peer !== undefined)
      .map((entry) => ({
        entry,
        ...rateOf(entry, before.get(entry.id), nowMs - Math.max(beforeMs, entry.sinceMs)),
      }));
    before = new Map(entries.map(({ id, traffic }) => [id, { ...traffic }]));
    beforeMs = nowMs;

    const share = busy();
    const kinds = [...Map.groupBy(rated, ({ entry }) => entry.kind)].map(([kind, all]) => ({
      kind,
      count: all.length,
      ...sum(all),
    }));
    const busiest = rated
      .filter(({ inRate, outRate }) => inRate + outRate > 0)
      .toSorted((one, other) => other.inRate + other.outRate - (one.inRate + one.outRate))
      .slice(0, MOST_ENTRIES)
      .map(({ entry: { id, kind, peer = "" }, inRate, outRate }) => ({ id, kind, peer, inRate, outRate }));
    return {
      lines: [
        `busy ${Math.round(share * 100)} % of the time; bytes a second:`,
        ...tableOf(
          ["kind", "open", "in/s", "out/s"],
          kinds.map(({ kind, count, inRate, outRate }) => [kind, count, inRate, outRate]),
        ),
        ...tableOf(
          ["id", "kind", "peer", "in/s", "out/s"],
          busiest.map(({ id, kind, peer, inRate, outRate }) => [id, kind, peer, inRate, outRate]),
        ),
      ],
      value: { busy: share, kinds, busiest },
    };
  };
}

function rateOf({ traffic }: Entry, before: Entry["traffic"] | undefined, ms: number): Rate {
  const perSecond = (bytes: number) => Math.round((bytes * 1_000) / Math.max(1, ms));
  return {
    inRate: perSecond(traffic.inBytes - (before?.inBytes ?? 0)),
    outRate: perSecond(traffic.outBytes - (before?.outBytes ?? 0)),
  };
}

function sum(rates: readonly Rate[]): Rate {
  return {
    inRate: rates.reduce((all, { inRate }) => all + inRate, 0),
    outRate: rates.reduce((all, { outRate }) => all + outRate, 0),
  };
}
