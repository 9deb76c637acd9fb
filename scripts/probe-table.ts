import type { ProbeCase } from "../test/companion/proxy/probe/probe-case.ts";
import { PROBE } from "../test/companion/proxy/probe/probe.ts";

/** What one proxy did. */
export interface Column {
  readonly name: string;
  readonly cells: ReadonlyMap<ProbeCase, string>;
  /** Names of the cases that it failed. */
  readonly failed: readonly string[];
}

/** Lays the cases out as a Markdown table, a proxy a column, with a row of totals. */
export function probeTable(columns: readonly Column[]): string {
  const cells = [
    ["case", "RFC", ...columns.map(({ name }) => name)],
    ...PROBE.map((row) => [
      row.name,
      section(row.rfc),
      ...columns.map((column) => column.cells.get(row) ?? ""),
    ]),
    ["**right**", "", ...columns.map(totalOf)],
  ];
  const widths = (cells[0] ?? []).map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  const lines = cells.map(
    (line) => `| ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`,
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

function totalOf({ cells, failed }: Column): string {
  const asked = [...cells.values()].filter((cell) => cell !== "–").length;
  return `${asked - failed.length} of ${asked}`;
}

function section(rfc: string): string {
  const [number, at] = rfc.split(" ");
  return at === undefined ? `${number}` : `${number} §${at}`;
}
