import { percent } from "../percent.ts";
import type { Task } from "./answers.ts";
import { clockOf, TONES } from "./state-words.ts";
import { spansOf } from "./task-spans.ts";

/** A task's life, a line for each thing that happened, with a bar for how long it lasted. */
export function TaskTimeline({ task }: { readonly task: Task }) {
  return (
    <ol class="task-timeline" aria-label="What happened to it">
      {spansOf(task, Date.now()).map(({ what, attempt, note, at, left, width }, index) => (
        <li key={index}>
          <time class="muted" datetime={at}>
            {clockOf(at)}
          </time>
          <span>{attempt === undefined ? what : `${what} (attempt ${attempt})`}</span>
          <svg class="bars" aria-hidden="true" height="10">
            <rect
              class={`bar ${TONES[what as keyof typeof TONES] ?? "idle"}`}
              x={percent(left)}
              width={percent(Math.max(width, 0.005))}
              height="10"
              rx="3"
            />
          </svg>
          {note !== undefined && <span class="muted because">{note}</span>}
        </li>
      ))}
    </ol>
  );
}
