import { useState } from "hono/jsx/dom";
import type { Refusal, Unreachable } from "../exchange.ts";
import type { Counts } from "./answers.ts";
import { Complaint } from "../complaint.tsx";
import { TONES } from "./state-words.ts";

interface CountTableProps {
  readonly counts: Counts;
  readonly onPause: (type: string, isPaused: boolean) => Promise<Refusal | Unreachable | undefined>;
}

/** How many tasks there are of each type in each state, and a switch that stops a type from starting more. */
export function CountTable({ counts, onPause }: CountTableProps) {
  const [complaint, setComplaint] = useState<Refusal | Unreachable | undefined>(undefined);
  const pause = async (type: string, isPaused: boolean) => setComplaint(await onPause(type, isPaused));
  return (
    <section class="panel" aria-labelledby="types-heading">
      <h2 id="types-heading" class="caption">
        Types
      </h2>
      <ul class="ruled-list type-list">
        {Object.entries(counts).map(([type, { isPaused, counts: states }]) => (
          <li key={type}>
            <b>{type}</b>
            <button
              type="button"
              aria-label={`${isPaused ? "Resume" : "Pause"} ${type}`}
              onClick={() => void pause(type, !isPaused)}
            >
              {isPaused ? "Resume" : "Pause"}
            </button>
            <span class="chips">
              {isPaused && <span class="chip slow">paused</span>}
              {Object.entries(TONES).map(([state, tone]) => {
                const count = states[state as keyof typeof TONES] ?? 0;
                return (
                  count > 0 && <span class={`chip ${tone}`}>{`${count.toLocaleString("en")} ${state}`}</span>
                );
              })}
            </span>
          </li>
        ))}
      </ul>
      <Complaint failure={complaint} />
    </section>
  );
}
