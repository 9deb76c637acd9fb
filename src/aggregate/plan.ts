import { suggest } from "../http/nearest.ts";
import { ALL_SCOPES, isScope, type Scope } from "../http/scopes.ts";
import { type BranchPlan, planBranch } from "./branch-plan.ts";
import type { BranchDefinition, EndpointDefinition } from "./definition.ts";
import type { MergePolicy } from "./merge.ts";
import { checkDuration, type PlanUpstream, type Report } from "./upstream-plan.ts";

/** An endpoint, checked and ready to run. */
export interface EndpointPlan {
  readonly route: string;
  readonly path: string;
  readonly scope: Scope | undefined;
  readonly deadlineMs: number;
  readonly lanes: boolean;
  /** In the order of declaration, which is the order of the answer. */
  readonly branches: readonly BranchPlan[];
  /** The same by when they can start: a wave needs nothing but the waves before it. */
  readonly waves: readonly (readonly string[])[];
  readonly respond: ((results: Readonly<Record<string, unknown>>) => unknown) | undefined;
  readonly merge: MergePolicy;
}

const ROUTE = /^GET (\/api\/\S+)$/;

/** Checks an endpoint and turns it into a plan. */
export function planEndpoint(
  definition: EndpointDefinition,
  planUpstream: PlanUpstream,
  report: Report,
): EndpointPlan {
  const { route, scope, deadlineMs, branches } = definition;
  const path = ROUTE.exec(route)?.[1] ?? "";
  if (path === "") report(`expected a route like \`GET /api/things/:id\`, got \`${route}\``);
  if (scope !== undefined && !isScope(scope)) {
    report(
      `expected \`scope\` to be a scope, got \`${String(scope)}\`; ${suggest(String(scope), ALL_SCOPES)}`,
    );
  }
  checkDuration("deadlineMs", deadlineMs, report);
  if (branches.length === 0) report("expected at least one branch, got none");

  const planned = branches.map((branch, index) => {
    const reportBranch: Report = (fault) => report(`branch \`${branch.name}\`: ${fault}`);
    if (branches.findIndex(({ name }) => name === branch.name) < index) {
      reportBranch("expected each name once, got it twice");
    }
    checkNeeds(branch, branches, reportBranch);
    return planBranch(branch, { route, path, deadlineMs }, planUpstream, reportBranch);
  });
  return { ...definition, path, branches: planned, waves: toWaves(branches, report) };
}

function checkNeeds(branch: BranchDefinition, branches: readonly BranchDefinition[], report: Report): void {
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
