import type { Metric } from "./bench.ts";
import { formatNumber, formatSummary } from "./number.ts";
import { type CaseResult, type ContenderResult, type Result, roundsOf, valuesOf } from "./result.ts";
import { ratios, summarize } from "./statistics.ts";
import { judge, type Verdict } from "./verdict.ts";

/** A run as Markdown: a table a case, the targets, and on what it ran. Each number is a median and its spread. */
export function toMarkdown(result: Result): string {
  const { claim, cases, metrics, notes } = result;
  const verdicts = judge(result);
  return [
    claim,
    ...cases.map((one) => `**${one.name}**\n\n${toTable(one, metrics)}`),
    ...(verdicts.length === 0 ? [] : [`**Targets**\n\n${verdicts.map(toLine).join("\n")}`]),
    ...(notes.length === 0
      ? []
      : [`**What the numbers do not say**\n\n${notes.map((note) => `- ${note}`).join("\n")}`]),
    describeRun(result),
  ].join("\n\n");
}

function toTable({ contenders }: CaseResult, all: readonly Metric[]): string {
  const metrics = measuredIn(contenders, all);
  const [headline] = metrics;
  const base = contenders[0];
  const head = [
    "",
    ...metrics.flatMap(({ name }) => (name === headline?.name ? [name, `× ${base?.name ?? ""}`] : [name])),
  ];
  const rows = contenders.map((contender) => {
    if (contender.kind !== "measured") return [contender.name, explain(contender), ...metrics.map(() => "")];
    return [
      contender.name,
      ...metrics.flatMap(({ name }) => {
        const values = valuesOf(contender, name);
        const cell = values.length === 0 ? "–" : formatSummary(summarize(values));
        if (name !== headline?.name) return [cell];
        const compared = ratios(roundsOf(contender, name), roundsOf(base, name));
        return [cell, compared.length === 0 ? "–" : formatSummary(summarize(compared))];
      }),
    ];
  });
  const footnotes = contenders.flatMap(footnotesOf);
  const lines = [head, head.map((_, column) => (column === 0 ? "---" : "---:")), ...rows].map(
    (cells) => `| ${cells.join(" | ")} |`,
  );
  return [lines.join("\n"), ...footnotes].join("\n\n");
}

/** Not every case has every metric; where nobody was measured, all stay. */
function measuredIn(contenders: readonly ContenderResult[], all: readonly Metric[]): readonly Metric[] {
  const measured = all.filter(({ name }) =>
    contenders.some((contender) => valuesOf(contender, name).length > 0),
  );
  return measured.length === 0 ? all : measured;
}

function footnotesOf(contender: ContenderResult): readonly string[] {
  if (contender.kind !== "measured") return [];
  const { name, samples, fewerBecause, warnings = [] } = contender;
  const rounds = samples.length === 1 ? "1 round" : `${samples.length} rounds`;
  return [
    ...(fewerBecause === undefined ? [] : [`${name}: ${rounds}, because ${fewerBecause}.`]),
    ...warnings.map((warning) => `${name}, ${warning}.`),
  ];
}

function explain(contender: Exclude<ContenderResult, { readonly kind: "measured" }>): string {
  switch (contender.kind) {
    case "skipped":
      return `skipped: ${contender.because}`;
    case "wrong":
      return `wrong answer: ${contender.what}`;
    case "failed":
      return `failed: ${contender.what}`;
  }
}

function toLine(verdict: Verdict): string {
  const { target } = verdict;
  const bound =
    target.atLeast === undefined
      ? `≤ ${formatNumber(target.atMost ?? Infinity)}`
      : `≥ ${formatNumber(target.atLeast)}`;
  const against = target.against === undefined ? "" : ` × ${target.against}`;
  const found = verdict.kind === "not measured" ? "" : `: ${formatSummary(verdict.found)}`;
  return `- ${verdict.kind}: ${target.case}, ${target.contender}, ${target.metric} ${bound}${against}${found}`;
}

function describeRun({ machine, otherCores, rounds, isQuick, measuredAt, durationMs }: Result): string {
  const others =
    otherCores === undefined ? "" : ` Other programs kept ${formatNumber(otherCores)} cores busy meanwhile.`;
  return [
    `${machine.cpu}, ${machine.cores} cores, ${formatNumber(machine.memoryGiB)} GiB; ${machine.os};`,
    `Node ${machine.node}, workerd ${machine.workerd}.`,
    `${measuredAt.slice(0, 10)}, ${rounds} rounds in turn in ${formatNumber(durationMs / 1000)} s`,
    `${isQuick ? "(quick: for a glance only)" : "after a warm-up"}; median (least–most).${others}`,
  ].join(" ");
}
