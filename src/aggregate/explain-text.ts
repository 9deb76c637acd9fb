import { clip, spread, wrap } from "./columns.ts";
import type { BranchExplanation, Explanation } from "./explain.ts";
import { describeCalls } from "./explain-calls.ts";
import { formatMs } from "./format-ms.ts";
import { CONNECTIONS } from "./transport.ts";

/** No line is longer. */
const WIDTH = 100;
/** What a bar that lasts until the deadline takes. */
const BAR = 28;
const LONGEST_NAME = 24;
/** The space for the name of a sum. */
const TITLE = 13;
/** The space to the right of the bars, for a duration. */
const AFTER_BAR = 9;

/**
 * An explanation for the terminal, at most 100 columns wide: the branches wave by wave, a bar for each on one axis of
 * time as it runs when everything takes as long as it may, and the sums beside what the platform allows.
 */
export function renderExplanation(explanation: Explanation): string {
  return [
    spread(explanation.name, `deadline ${formatMs(explanation.deadlineMs)}`, WIDTH),
    "",
    ...renderWaves(explanation),
    "",
    ...renderSum("Critical path", describeTime(explanation)),
    ...renderSum("Subrequests", describeSubrequests(explanation)),
    ...renderSum("Connections", describeConnections(explanation)),
  ].join("\n");
}

function renderWaves(explanation: Explanation): readonly string[] {
  const { waves, branches, deadlineMs } = explanation;
  const nameWidth = Math.min(LONGEST_NAME, Math.max(...branches.map(({ name }) => name.length)));
  const axis = `${" ".repeat(WIDTH - BAR - AFTER_BAR)}${spread("0", formatMs(deadlineMs), BAR)} at worst`;
  const rows = waves.flatMap((wave, index) => {
    const members = branches.filter(({ name }) => wave.includes(name));
    return members.flatMap((branch, place) => {
      const gutter = gutterOf(index + 1, place, members.length);
      return renderBranch(branch, gutter, nameWidth, explanation);
    });
  });
  return [axis, ...rows];
}

interface Gutter {
  readonly first: string;
  readonly rest: string;
}

/** The tree: a wave's number, and a fork for what runs side by side. */
function gutterOf(wave: number, place: number, count: number): Gutter {
  const isLast = place === count - 1;
  const joint = count === 1 ? "─" : place === 0 ? "┬" : isLast ? "└" : "├";
  return {
    first: `${(place === 0 ? String(wave) : "").padStart(3)} ${joint} `,
    rest: `    ${isLast ? " " : "│"} `,
  };
}

function renderBranch(
  branch: BranchExplanation,
  gutter: Gutter,
  nameWidth: number,
  { deadlineMs, criticalPath }: Explanation,
): readonly string[] {
  const isCritical = criticalPath.branches.includes(branch.name);
  const bar = renderBar(branch, deadlineMs, isCritical ? "━" : "─");
  const start = `${gutter.first}${clip(branch.name, nameWidth).padEnd(nameWidth)}  `;
  const room = WIDTH - BAR - AFTER_BAR - start.length;
  const source = clip(`${branch.upstream} ${branch.target}`, room - 2).padEnd(room);
  const margin = `${gutter.rest}${" ".repeat(nameWidth)}  `;
  return [
    `${start}${source}${bar} ${formatMs(branch.worstMs)}`,
    ...wrap(detailsOf(branch), WIDTH - margin.length).map((line) => margin + line),
  ];
}

/** From when a branch begins at worst to when it ends, at least a cell wide. */
function renderBar({ worstStartMs, worstMs }: BranchExplanation, deadlineMs: number, stroke: string): string {
  const toCell = (ms: number) => Math.round((Math.min(ms, deadlineMs) / deadlineMs) * BAR);
  const start = Math.min(toCell(worstStartMs), BAR - 1);
  const end = Math.max(start + 1, toCell(worstStartMs + worstMs));
  return (" ".repeat(start) + stroke.repeat(end - start)).padEnd(BAR);
}

function detailsOf({ needs, optional, calls, typicalMs, notes }: BranchExplanation): readonly string[] {
  const { worst } = calls;
  return [
    ...(optional ? ["optional"] : []),
    ...(needs.length > 0 ? [`needs ${needs.join(", ")}`] : []),
    ...(typicalMs === null ? [] : [`typically ${formatMs(typicalMs)}`]),
    ...(worst > 1 ? [`up to ${format(worst)} calls: ${describeCalls(calls, format)}`] : []),
    ...notes,
  ];
}

function describeTime({ criticalPath, branches, deadlineMs }: Explanation): readonly string[] {
  const { branches: path, typicalMs, worstMs } = criticalPath;
  const limits = branches.filter(({ name }) => path.includes(name)).map((branch) => branch.worstMs);
  const wholeMs = limits.reduce((total, ms) => total + ms, 0);
  const cut =
    wholeMs > deadlineMs ? ` (cut off by the deadline; the limits add up to ${formatMs(wholeMs)})` : "";
  return [
    `━ ${path.join(" → ")}`,
    `at most ${formatMs(worstMs)}${cut}`,
    ...(typicalMs === null ? [] : [`typically ${formatMs(typicalMs)}`]),
  ];
}

function describeSubrequests({ subrequests, branches }: Explanation): readonly string[] {
  const { typical, worst, redirected, free, paid, fits } = subrequests;
  const terms = branches.map(({ name, calls }) => `${name} ${format(calls.subrequests.worst)}`);
  const verdicts = {
    free: `within the free plan's ${format(free)}`,
    paid: `too many for the free plan's ${format(free)}, within the paid plan's ${format(paid)}`,
    none: `too many even for the paid plan's ${format(paid)}`,
  };
  return [
    ...(typical === worst ? [] : [`${format(typical)} when all goes well`]),
    `at most ${format(worst)}${branches.length > 1 ? ` = ${terms.join(" + ")}` : ""}`,
    verdicts[fits],
    `a redirect is one more, up to ${format(redirected)} in all`,
  ];
}

function describeConnections({ connections, waves }: Explanation): readonly string[] {
  const { atOnce, queue, lanes } = connections;
  const most = Math.max(...atOnce);
  const where = waves.length > 1 ? ` in wave ${atOnce.indexOf(most) + 1}` : "";
  const peak = `at most ${format(most)} at once${where}`;
  if (lanes > 0) {
    const over = lanes === 1 ? "a lane" : `${format(lanes)} lanes`;
    return [peak, `${CONNECTIONS} go out from here, the others over ${over}`];
  }
  if (queue.length === 0) return [peak, `none waits for one of the ${CONNECTIONS}`];
  const waits = queue.map(({ wave, waiting }) => `${format(waiting)} in wave ${wave}`);
  return [peak, `lanes are off: ${waits.join(" and ")} may wait for one of the ${CONNECTIONS}`];
}

function renderSum(title: string, parts: readonly string[]): readonly string[] {
  const margin = TITLE + 4;
  return wrap(parts, WIDTH - margin).map(
    (line, index) => `  ${(index === 0 ? title : "").padEnd(TITLE)}  ${line}`,
  );
}

function format(count: number): string {
  return count.toLocaleString("en");
}
