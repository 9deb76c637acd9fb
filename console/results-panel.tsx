import { useState } from "hono/jsx/dom";
import { formatBytes } from "./format.ts";
import { toneOf } from "./outcome.ts";
import type { Landed, Run } from "./run-state.ts";

/** What each branch brought, in the order of landing, and how to get the answer that the endpoint makes of it. */
export function ResultsPanel({ run: { target, landed, requestId } }: { readonly run: Run }) {
  return (
    <section class="panel results" aria-labelledby="results-heading">
      <h2 id="results-heading" class="caption">
        Results, as they came
      </h2>
      {landed.length === 0 && <p class="muted">None yet.</p>}
      {landed.map((one) =>
        one.value === undefined ? (
          <p key={one.name} class="result">
            {one.name} <span class={`outcome ${toneOf(one.outcome)}`}>{one.outcome}</span>
          </p>
        ) : (
          <Result key={one.name} name={one.name} value={one.value} />
        ),
      )}
      <dl class="headers">
        {requestId !== undefined && (
          <div>
            <dt>X-Request-Id</dt>
            <dd>{requestId}</dd>
          </div>
        )}
        <div>
          <dt>Put together by the endpoint</dt>
          <dd>
            <a href={target} target="_blank" rel="noreferrer">
              {target}
            </a>
          </dd>
        </div>
      </dl>
    </section>
  );
}

/** A result can be long: it is written out only for whoever opens it. */
function Result({ name, value }: Pick<Landed, "name" | "value">) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      class="raw result"
      onToggle={(event: Event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}
    >
      <summary>
        {name} <span class="muted">{formatBytes(new Blob([JSON.stringify(value)]).size)}</span>
      </summary>
      {isOpen && <pre tabindex={0}>{JSON.stringify(value, null, 2)}</pre>}
    </details>
  );
}
