import { formatDuration } from "../format.ts";
import type { TaskSummary } from "./answers.ts";
import { clockOf, TONES } from "./state-words.ts";

interface TaskListProps {
  readonly tasks: readonly TaskSummary[];
  /** The id of the one that is open. */
  readonly current: string | undefined;
}

/** The newest tasks, each a link to itself. */
export function TaskList({ tasks, current }: TaskListProps) {
  return (
    <section class="panel" aria-labelledby="newest-heading">
      <h2 id="newest-heading" class="caption">
        The newest tasks
      </h2>
      {tasks.length === 0 && <p class="muted">None yet. Enqueue one.</p>}
      <ul class="task-list">
        {tasks.map((task) => (
          <li key={task.id}>
            <a href={`#tasks/${task.id}`} aria-current={task.id === current ? "true" : undefined}>
              <span class={`chip ${TONES[task.state]}`}>{task.state}</span>
              <b>{task.type}</b>
              <Note task={task} />
              <time class="muted" datetime={task.createdAt}>
                {clockOf(task.createdAt)}
              </time>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Note({ task: { progress, error, durationMs, state } }: { readonly task: TaskSummary }) {
  if (state === "running" && progress !== undefined) {
    return (
      <span class="task-note">
        <progress max={1} value={progress.fraction} aria-label="How far it is" /> {progress.note}
      </span>
    );
  }
  const text = error?.message ?? (durationMs === undefined ? "" : formatDuration(durationMs));
  return <span class="task-note muted name">{text}</span>;
}
