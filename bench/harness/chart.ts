import type { Metric } from "./bench.ts";
import { formatNumber } from "./number.ts";
import { type CaseResult, type Result, valuesOf } from "./result.ts";
import { type Summary, summarize } from "./statistics.ts";

const BAR_HEIGHT = 16;
const BAR_GAP = 6;
const HEAD_HEIGHT = 44;
const LABEL_WIDTH = 190;
const BAR_WIDTH = 250;
const VALUE_WIDTH = 80;
const MARGIN = 12;

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; }
.quiet { fill: #59636e; }
.bar { fill: #8c959f; }
.own { fill: #f6821f; }
.spread { stroke: #1f2328; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; }
  .quiet { fill: #9198a1; }
  .bar { fill: #656c76; }
  .spread { stroke: #f0f6fc; }
}`;

/** A run as a picture: a row a case, a column a drawn metric, a bar a contender with a line from least to most. */
export function toSvg({ name, cases, metrics }: Pick<Result, "name" | "cases" | "metrics">): string {
  const drawn = metrics.filter(({ isDrawn }) => isDrawn);
  let top = MARGIN;
  const panels = cases.flatMap((one) => {
    const measured = drawn.filter(({ name: metric }) =>
      one.contenders.some((contender) => valuesOf(contender, metric).length > 0),
    );
    if (measured.length === 0) return [];
    const row = measured.map((metric, column) => panel(one, metric, MARGIN + column * PANEL_WIDTH, top));
    top += HEAD_HEIGHT + one.contenders.length * (BAR_HEIGHT + BAR_GAP);
    return row;
  });
  const width = MARGIN + drawn.length * PANEL_WIDTH;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}">`,
    `<title>${escape(name)}</title>`,
    `<style>${STYLE}\n</style>`,
    ...panels,
    "</svg>\n",
  ].join("\n");
}

const PANEL_WIDTH = LABEL_WIDTH + BAR_WIDTH + VALUE_WIDTH;

function panel(one: CaseResult, metric: Metric, left: number, top: number): string {
  const bars = one.contenders.map((contender) => {
    const values = valuesOf(contender, metric.name);
    return { contender, summary: values.length === 0 ? undefined : summarize(values) };
  });
  const most = Math.max(...bars.map(({ summary }) => summary?.most ?? 0), Number.MIN_VALUE);
  const title = `<text class="title" x="${left}" y="${top + 14}">${escape(one.name)}</text>`;
  const unit = `<text class="quiet" x="${left}" y="${top + 30}">${escape(metric.name)}, ${metric.better} is better</text>`;
  const rows = bars.map(({ contender, summary }, index) => {
    const y = top + HEAD_HEIGHT + index * (BAR_HEIGHT + BAR_GAP) - BAR_GAP;
    const label = `<text x="${left}" y="${y + 12}">${escape(contender.name)}</text>`;
    if (summary !== undefined) return label + bar(contender.name, summary, most, left + LABEL_WIDTH, y);
    const why = contender.kind === "measured" ? "not measured" : contender.kind;
    return `${label}<text class="quiet" x="${left + LABEL_WIDTH}" y="${y + 12}">${why}</text>`;
  });
  return [title, unit, ...rows].join("\n");
}

function bar(name: string, { median, least, most }: Summary, scale: number, left: number, y: number): string {
  const at = (value: number) => (left + (value / scale) * BAR_WIDTH).toFixed(1);
  const width = ((median / scale) * BAR_WIDTH).toFixed(1);
  const middle = y + BAR_HEIGHT / 2;
  const kind = name.startsWith("manifold") ? "bar own" : "bar";
  return [
    `<rect class="${kind}" x="${left}" y="${y}" width="${width}" height="${BAR_HEIGHT}" rx="2"/>`,
    `<line class="spread" x1="${at(least)}" x2="${at(most)}" y1="${middle}" y2="${middle}"/>`,
    `<text x="${left + BAR_WIDTH + 8}" y="${y + 12}">${formatNumber(median)}</text>`,
  ].join("");
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
