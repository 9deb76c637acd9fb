import type { Entry } from "../registry.ts";

const HEAD = ["id", "kind", "state", "peer", "in", "out", "since", "waits for"] as const;

/** Entries, a line each under a head, in columns. @param nowMs By the registry's clock. */
export function tableOf(entries: readonly Entry[], nowMs: number): readonly string[] {
  const rows = [HEAD, ...entries.map((entry) => rowOf(entry, nowMs))];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function rowOf(
  { id, kind, name, state, peer, traffic, sinceMs, waitsFor }: Entry,
  nowMs: number,
): readonly string[] {
  const seconds = `${((nowMs - sinceMs) / 1_000).toFixed(1)} s`;
  const what = name === kind ? kind : `${kind} ${name}`;
  const bytes = [String(traffic.inBytes), String(traffic.outBytes)];
  return [String(id), what, state, peer ?? "-", ...bytes, seconds, waitsFor ?? "-"];
}
