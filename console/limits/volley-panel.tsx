import { Axis } from "../axis.tsx";
import { percent } from "../percent.ts";
import { layOut, roomFor } from "../timeline-layout.ts";
import { useNow } from "../use-now.ts";
import { withCode } from "../with-code.tsx";
import { describeCall, describeTally, TONES } from "./volley-words.ts";
import { fateOf, inOrder, tallyOf, type Volley } from "./volley.ts";

interface VolleyPanelProps {
  readonly volley: Volley;
  readonly isFiring: boolean;
  /** The limit they were fired at. */
  readonly policy: string | undefined;
}

/** Less of an axis would make a long bar of what went at once. */
const LEAST_MS = 1_000;

/** More than a browser has connections for over HTTP/1.1. */
const MOST_CONNECTIONS = 6;

/** Calls that were fired at once, each as a bar that ends when it was answered, the first one on top. */
export function VolleyPanel({ volley, isFiring, policy }: VolleyPanelProps) {
  const calls = inOrder(volley);
  const elapsedMs = useNow(isFiring) - volley.beganMs;
  const tally = tallyOf(volley);
  const spans = calls.map((call, index) => ({
    name: String(index + 1),
    startMs: 0,
    endMs: call.kind === "open" ? elapsedMs : call.atMs,
    outcome: fateOf(call),
  }));
  const { bars, ticks } = layOut({ durationMs: LEAST_MS, spans }, isFiring ? roomFor(elapsedMs) : 0);
  return (
    <section class="panel" aria-labelledby="volley-heading">
      <h2 id="volley-heading" class="caption">
        When each call was let go
      </h2>
      <p class="volley-tally" role="status" aria-busy={isFiring}>
        {describeTally(tally)}
      </p>
      <figure class={isFiring ? "volley live" : "volley"}>
        <ol>
          {calls.map((call, index) => (
            <li key={index}>
              <span class="muted">{index + 1}</span>
              <svg class="bars" aria-hidden="true" height="10">
                <rect
                  class={`bar ${TONES[fateOf(call)]}${call.kind === "went" || call.kind === "open" ? "" : " hollow"}`}
                  width={percent(bars[index]?.width ?? 0)}
                  height="10"
                  rx="3"
                />
              </svg>
              <span class={`fate ${TONES[fateOf(call)]}`}>
                {describeCall(call, policy).flatMap((part) => [<span>{withCode(part)}</span>, " "])}
              </span>
            </li>
          ))}
        </ol>
        <Axis ticks={ticks} unit="s" />
      </figure>
      {calls.length > MOST_CONNECTIONS && (
        <p class="muted more">
          Times as seen from here. Over HTTP/1.1 a browser sends six calls at a time; the others wait for
          their connection before they wait for a token.
        </p>
      )}
    </section>
  );
}
