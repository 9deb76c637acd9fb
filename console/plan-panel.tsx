import type { Explanation } from "../src/aggregate/explain.ts";
import { PlanGraph } from "./plan-graph.tsx";
import { PlanSummary } from "./plan-summary.tsx";
import { describeBranch } from "./plan-words.ts";
import type { Span } from "./timeline.ts";

interface PlanPanelProps {
  readonly plan: Explanation;
  /** What is known of each branch in the run in hand. */
  readonly spans: readonly Span[];
}

/** What an endpoint will do, before it does it. */
export function PlanPanel({ plan, spans }: PlanPanelProps) {
  return (
    <section class="panel plan" aria-labelledby="plan-heading">
      <h2 id="plan-heading" class="caption">
        Plan
      </h2>
      <div class="plan-body">
        <div class="plan-drawing">
          <PlanGraph plan={plan} spans={spans} />
          <p class="legend">
            <span class="sample critical">critical path</span>
            <span class="sample optional">may be missing from the answer</span>
          </p>
        </div>
        <PlanSummary plan={plan} />
      </div>
      <details class="raw">
        <summary>The plan in words</summary>
        <ol class="words">
          {plan.waves.map((names, index) => (
            <li key={index}>
              <h3>Wave {index + 1}</h3>
              <dl>
                {names.map((name) => (
                  <Branch key={name} plan={plan} name={name} />
                ))}
              </dl>
            </li>
          ))}
        </ol>
      </details>
    </section>
  );
}

function Branch({ plan, name }: { readonly plan: Explanation; readonly name: string }) {
  const branch = plan.branches.find((one) => one.name === name);
  if (branch === undefined) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{describeBranch(branch, plan.criticalPath.branches.includes(name))}</dd>
    </div>
  );
}
