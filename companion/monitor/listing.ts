import type { Entry } from "../registry.ts";
import type { Reply } from "./reply.ts";
import { tableOf } from "./table.ts";

const HEAD = ["id", "kind", "state", "peer", "in", "out", "since", "waits for"] as const;

/** Entries, one a line. @param nowMs By the registry's clock. */
export function listingOf(entries: readonly Entry[], nowMs: number): Reply {
  return {
    lines: tableOf(
      HEAD,
      entries.map((entry) => rowOf(entry, nowMs)),
    ),
    value: entries.map((entry) => outlineOf(entry, nowMs)),
  };
}

/** Where an entry was made, and what it belongs to. */
export function originOf(entry: Entry, nowMs: number): Reply {
  const parents = parentsOf(entry);
  return {
    lines: [...entry.stack, ...parents.map(({ id, kind, name }) => `below ${id} ${kind} ${name}`)],
    value: {
      ...outlineOf(entry, nowMs),
      stack: entry.stack,
      parents: parents.map(({ id, kind, name }) => ({ id, kind, name })),
    },
  };
}

function rowOf(entry: Entry, nowMs: number): readonly (string | number)[] {
  const { id, kind, name, state, peer = "-", traffic, sinceMs, waitsFor = "-" } = entry;
  const seconds = `${((nowMs - sinceMs) / 1_000).toFixed(1)} s`;
  const what = name === kind ? kind : `${kind} ${name}`;
  return [id, what, state, peer, traffic.inBytes, traffic.outBytes, seconds, waitsFor];
}

function outlineOf(
  { id, kind, name, state, peer, traffic, sinceMs, waitsFor, parent }: Entry,
  nowMs: number,
) {
  const forMs = Math.round(nowMs - sinceMs);
  return { id, kind, name, state, peer, ...traffic, forMs, waitsFor, parent: parent?.id };
}

function parentsOf({ parent }: Entry): readonly Entry[] {
  return parent === undefined ? [] : [parent, ...parentsOf(parent)];
}
