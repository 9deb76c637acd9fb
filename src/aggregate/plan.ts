import type { StandardSchemaV1 } from "@standard-schema/spec";
import { suggest } from "../http/nearest.ts";
import type { BranchDefinition, Call, EndpointDefinition } from "./definition.ts";
import { parseTemplate, type Target } from "./target.ts";
import type { PlanUpstream, Report, UpstreamPlan } from "./upstream-plan.ts";

/** A branch, ready to run. */
export interface BranchPlan {
  readonly name: string;
  readonly upstream: UpstreamPlan;
  readonly target: (call: Call) => Target;
  readonly needs: readonly string[];
  readonly optional: boolean;
  readonly statusFrom: boolean;
  readonly timeoutMs: number;
  readonly schema: StandardSchemaV1 | undefined;
  readonly map: ((value: unknown, call: Call) => unknown) | undefined;
}

/** An endpoint, checked and ready to run. */
export interface EndpointPlan {
  readonly route: string;
  readonly path: string;
  readonly deadlineMs: number;
  /** In the order of declaration, which is the order of the answer. */
  readonly branches: readonly BranchPlan[];
  /** The same by when they can start: a wave needs nothing but the waves before it. */
  readonly waves: readonly (readonly string[])[];
  readonly respond: ((results: Readonly<Record<string, unknown>>) => unknown) | undefined;
}

/** Must stand in header fields as it is (RFC 9651, keys and tokens). */
const BRANCH_NAME = /^[a-z][\w-]{0,63}$/i;
const ROUTE = /^GET (\/api\/\S+)$/;

/** Checks an endpoint and turns it into a plan. */
export function planEndpoint(
  definition: EndpointDefinition,
  planUpstream: PlanUpstream,
  report: Report,
): EndpointPlan {
  const { route, deadlineMs, branches, respond } = definition;
  const path = ROUTE.exec(route)?.[1] ?? "";
  if (path === "") report(`expected a route like \`GET /api/things/:id\`, got \`${route}\``);
  if (!(deadlineMs > 0 && deadlineMs < Infinity)) {
    report(`expected \`deadlineMs\` to be a number of milliseconds > 0, got ${deadlineMs}`);
  }
  if (branches.length === 0) report("expected at least one branch, got none");

  const planned = branches.map((branch, index) => {
    const reportBranch: Report = (fault) => report(`branch \`${branch.name}\`: ${fault}`);
    if (branches.findIndex(({ name }) => name === branch.name) < index) {
      reportBranch("expected each name once, got it twice");
    }
    checkBranch(branch, branches, reportBranch);
    return planBranch(branch, path, planUpstream, reportBranch);
  });
  return { route, path, deadlineMs, branches: planned, waves: toWaves(branches, report), respond };
}

function checkBranch(branch: BranchDefinition, branches: readonly BranchDefinition[], report: Report): void {
  if (!BRANCH_NAME.test(branch.name)) {
    report("expected a name of at most 64 letters, digits, `_` and `-` that begins with a letter");
  }
  if (branch.optional && branch.statusFrom) {
    report("expected `statusFrom` on a required branch: an optional one does not decide the answer");
  }
  const others = branches.map(({ name }) => name).filter((name) => name !== branch.name);
  for (const need of branch.needs) {
    const needed = branches.find(({ name }) => name === need);
    if (needed === undefined) {
      report(
        `expected \`needs\` to name branches of this endpoint, got \`${need}\`; ${suggest(need, others)}`,
      );
    } else if (needed.optional && !branch.optional) {
      report(`expected a required branch to need required ones only, got \`${need}\`, which is optional`);
    }
  }
}

function planBranch(
  branch: BranchDefinition,
  path: string,
  planUpstream: PlanUpstream,
  report: Report,
): BranchPlan {
  const { name, needs, optional, statusFrom, schema, map } = branch;
  const upstream = planUpstream(branch.from, report);
  const timeoutMs = branch.timeoutMs ?? upstream.timeoutMs;
  if (branch.timeoutMs !== undefined && !(timeoutMs > 0 && timeoutMs < Infinity)) {
    report(`expected \`timeoutMs\` to be a number of milliseconds > 0, got ${timeoutMs}`);
  }
  const target = planTarget(branch.get, path, report);
  return { name, upstream, target, needs, optional, statusFrom, timeoutMs, schema, map };
}

function planTarget(get: BranchDefinition["get"], path: string, report: Report): (call: Call) => Target {
  if (typeof get === "function") return get;
  if (!get.startsWith("/")) report(`expected \`get\` to begin with \`/\`, got \`${get}\``);
  const template = parseTemplate(get);
  const parameters = parseTemplate(path).names;
  for (const name of template.names) {
    if (parameters.includes(name)) continue;
    report(`expected \`get\` to use parameters of the path, got \`:${name}\`; ${suggest(name, parameters)}`);
  }
  return ({ params }) => template.expand(params);
}

/** Sorts branches by when they can start. What is left over runs in a circle. */
function toWaves(branches: readonly BranchDefinition[], report: Report): readonly (readonly string[])[] {
  const known = new Set(branches.map(({ name }) => name));
  const waves: string[][] = [];
  const placed = new Set<string>();
  let left = branches;
  while (left.length > 0) {
    const ready = left.filter(({ needs }) => needs.every((need) => placed.has(need) || !known.has(need)));
    if (ready.length === 0) {
      report(`expected \`needs\` to form no circle, got ${findCircle(left)}`);
      break;
    }
    waves.push(ready.map(({ name }) => name));
    for (const { name } of ready) placed.add(name);
    left = left.filter(({ name }) => !placed.has(name));
  }
  return waves;
}

/** One circle among branches that all need one another in some way, as `a → b → a`. */
function findCircle(branches: readonly BranchDefinition[]): string {
  const needOf = (name: string) => {
    const needs = branches.find((branch) => branch.name === name)?.needs ?? [];
    return needs.find((need) => branches.some((branch) => branch.name === need));
  };
  const trail: string[] = [];
  let name = branches[0]?.name;
  while (name !== undefined && !trail.includes(name)) {
    trail.push(name);
    name = needOf(name);
  }
  return [...trail.slice(trail.indexOf(name ?? "")), name].map((one) => `\`${one}\``).join(" → ");
}
