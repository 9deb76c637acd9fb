import { useState } from "hono/jsx/dom";
import type { Refusal, Unreachable } from "../exchange.ts";
import { formatDuration } from "../format.ts";
import type { Task } from "./answers.ts";
import type { Deed } from "./board.ts";
import { Complaint } from "./complaint.tsx";
import { isOpen, isRetryable, TONES } from "./state-words.ts";
import { TaskTimeline } from "./task-timeline.tsx";

interface TaskCardProps {
  readonly task: Task;
  readonly onAct: (id: string, deed: Deed) => Promise<Refusal | Unreachable | undefined>;
}

/** One task: its life as a timeline, what it was given, what came of it, and what can be done about it. */
export function TaskCard({ task, onAct }: TaskCardProps) {
  const [complaint, setComplaint] = useState<Refusal | Unreachable | undefined>(undefined);
  const { id, type, state, attempts, worker, error, progress, durationMs } = task;
  const act = async (deed: Deed) => setComplaint(await onAct(id, deed));
  return (
    <article class="panel task" aria-labelledby="task-heading">
      <header>
        <h2 id="task-heading">{type}</h2>
        <span class={`chip ${TONES[state]}`} role="status">
          {state}
        </span>
        {isOpen(state) && (
          <button type="button" onClick={() => void act("cancel")}>
            Cancel
          </button>
        )}
        {isRetryable(state) && (
          <button type="button" onClick={() => void act("retry")}>
            Retry
          </button>
        )}
        <a class="close" href="#tasks">
          Close
        </a>
      </header>
      <p class="muted facts">
        <code>{id}</code>
        <span>{attempts === 1 ? "1 attempt" : `${attempts} attempts`}</span>
        {durationMs !== undefined && <span>{formatDuration(durationMs)}</span>}
        {worker !== undefined && <span>{`worker ${worker}`}</span>}
      </p>
      <Complaint failure={complaint} />
      {state === "running" && progress !== undefined && (
        <p>
          <progress max={1} value={progress.fraction} aria-label="How far it is" /> {progress.note}
        </p>
      )}
      {error !== undefined && (
        <p class="note">
          <b>{error.code}</b> {error.message}
        </p>
      )}
      <TaskTimeline task={task} />
      <Json title="Payload" value={task.payload} />
      {state === "succeeded" && <Json title="Result" value={task.result} />}
    </article>
  );
}

function Json({ title, value }: { readonly title: string; readonly value: unknown }) {
  return (
    <details class="raw" open={title === "Result"}>
      <summary>{title}</summary>
      <pre tabindex={0}>{JSON.stringify(value, null, 2)}</pre>
    </details>
  );
}
