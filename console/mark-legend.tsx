import { CALL_WORDS } from "./call-words.ts";
import { MarkShape } from "./mark-shape.tsx";
import type { Chart } from "./timeline-layout.ts";

/** What the signs on the bars mean; nothing where there are none. */
export function MarkLegend({ bars }: Pick<Chart, "bars">) {
  const kinds = (["retry", "hedge", "fallback"] as const).filter((kind) =>
    bars.some(({ marks }) => marks.some((mark) => mark.kind === kind)),
  );
  const hasFailed = bars.some(({ calls }) => calls.some(({ outcome }) => outcome !== "ok"));
  if (kinds.length === 0 && !hasFailed) return null;
  return (
    <p class="legend">
      {kinds.map((kind) => (
        <span key={kind}>
          <svg class={`mark ${kind}`} width="12" height="12" aria-hidden="true">
            <MarkShape kind={kind} />
          </svg>
          {CALL_WORDS[kind].one}
        </span>
      ))}
      {hasFailed && (
        <span>
          <svg class="mark-call" width="20" height="10" aria-hidden="true">
            <rect class="call bad hollow" x="1" y="1" width="18" height="8" rx="2" />
          </svg>
          a call that failed or was cancelled
        </span>
      )}
    </p>
  );
}
