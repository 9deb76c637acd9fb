import { formatDuration } from "./format.ts";
import { type Timeline, gainOf } from "./timeline.ts";

/** What asking all at once gained. */
export function Headline({ timeline }: { readonly timeline: Timeline }) {
  const { togetherMs, inTurnMs, ratio } = gainOf(timeline);
  return (
    <div class="headline">
      <p>
        <strong>{formatDuration(togetherMs)}</strong> together<span class="unseen"> · </span>
        <span class="in-turn">
          one after the other it would have taken <b>{formatDuration(inTurnMs)}</b>
        </span>
      </p>
      {ratio >= 1.05 && (
        <p class="ratio">
          <strong>{ratio.toFixed(1)}×</strong> as fast
        </p>
      )}
    </div>
  );
}

/** How long it went on before it gave up. */
export function GaveUp({ timeline }: { readonly timeline: Timeline }) {
  return (
    <div class="headline">
      <p>
        <strong>{formatDuration(timeline.durationMs)}</strong> until it gave up
      </p>
    </div>
  );
}
