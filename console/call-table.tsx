import { CALL_WORDS } from "./call-words.ts";
import { formatDuration } from "./format.ts";
import { toneOf } from "./outcome.ts";
import type { Timeline } from "./timeline.ts";

const MOST = 200;

/** Every call of a request, in words; nothing where they are not known. */
export function CallTable({ spans }: Pick<Timeline, "spans">) {
  const calls = spans.flatMap(({ name, attempts = [] }) => attempts.map((attempt) => ({ name, ...attempt })));
  if (calls.length === 0) return null;
  const more = calls.length - MOST;
  return (
    <details class="raw">
      <summary>{calls.length === 1 ? "The call" : `All ${calls.length} calls`}</summary>
      <div class="table-frame" role="region" aria-label="Calls" tabindex={0}>
        <table class="branches">
          <thead>
            <tr>
              <th>Branch</th>
              <th>Call</th>
              <th>To</th>
              <th>Outcome</th>
              <th class="number">Began</th>
              <th class="number">Took</th>
            </tr>
          </thead>
          <tbody>
            {calls.slice(0, MOST).map(({ name, kind, upstream, outcome, startMs, endMs }) => (
              <tr>
                <td>{name}</td>
                <td>{CALL_WORDS[kind].one}</td>
                <td>{upstream}</td>
                <td>
                  <span class={`outcome ${toneOf(outcome)}`}>{outcome}</span>
                </td>
                <td class="number">{formatDuration(startMs)}</td>
                <td class="number">{formatDuration(endMs - startMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 && <p class="muted more">and {more} more</p>}
    </details>
  );
}
