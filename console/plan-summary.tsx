import type { Explanation } from "../src/aggregate/explain.ts";
import { formatLimit, formatNumber } from "./format.ts";
import { describeConnections, describeFit } from "./plan-words.ts";

/** What an endpoint costs in all: the time at most, the subrequests, the connections. */
export function PlanSummary({ plan }: { readonly plan: Explanation }) {
  const { criticalPath, deadlineMs, subrequests, connections } = plan;
  const { typicalMs, worstMs, branches } = criticalPath;
  const { typical, worst, redirected, fits } = subrequests;
  const fit = describeFit(subrequests);
  return (
    <dl class="costs">
      <div>
        <dt>Critical path</dt>
        <dd>
          <b class="path">{branches.join(" → ")}</b>
          <span>
            {typicalMs === null
              ? "not known yet how long it usually takes"
              : `usually ${formatLimit(typicalMs)}`}
            , at most <b>{formatLimit(worstMs)}</b>
          </span>
        </dd>
      </div>
      <div>
        <dt>Deadline</dt>
        <dd>
          <b>{formatLimit(deadlineMs)}</b>
          {worstMs >= deadlineMs && <span>cuts off the worst case</span>}
        </dd>
      </div>
      <div>
        <dt>Subrequests</dt>
        <dd>
          <span>
            <b>{formatNumber(typical)}</b> when all goes well, at most <b>{formatNumber(worst)}</b>
          </span>
          <span>
            <span class={`chip ${fits === "none" ? "bad" : fits === "paid" ? "slow" : "good"}`}>
              {fit.short}
            </span>{" "}
            {fit.long}
          </span>
          <span>each redirect is one more, up to {formatNumber(redirected)} in all</span>
        </dd>
      </div>
      <div>
        <dt>Connections</dt>
        <dd>
          <span>{describeConnections(connections)}</span>
        </dd>
      </div>
    </dl>
  );
}
