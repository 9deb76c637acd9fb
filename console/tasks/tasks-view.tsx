import { useRef, useSyncExternalStore } from "hono/jsx/dom";
import { FailureCard } from "../failure-card.tsx";
import { valueOf } from "../latest.ts";
import type { Overview } from "./answers.ts";
import type { Board } from "./board.ts";
import { CountTable } from "./count-table.tsx";
import { EnqueueForm } from "./enqueue-form.tsx";
import { TaskCard } from "./task-card.tsx";
import { TaskList } from "./task-list.tsx";

interface TasksViewProps {
  readonly board: Board;
  /** The task that the address names. */
  readonly id: string | undefined;
}

/**
 * Tasks: what there is, one of them in detail, and a place to enqueue another. While they cannot be looked at, what was seen
 * last stays, and so does what is being written.
 */
export function TasksView({ board, id }: TasksViewProps) {
  const latest = valueOf(useSyncExternalStore(board.overview.subscribe, board.overview.get));
  const seen = useRef<Overview | null>(null);
  if (latest?.kind === "overview") seen.current = latest;
  const overview = seen.current;
  const failure =
    latest === undefined || latest.kind === "overview" ? null : (
      <FailureCard failure={latest} onRetry={board.refresh} />
    );
  const open = valueOf(useSyncExternalStore(board.task.subscribe, board.task.get));
  if (overview === null) return failure ?? <p class="muted">Looking at the tasks …</p>;
  return (
    <div class={id === undefined ? "tasks" : "tasks open"}>
      <div class="column">
        <EnqueueForm types={overview.types} onEnqueue={board.enqueue} />
        <CountTable counts={overview.counts} onPause={board.setPaused} />
      </div>
      <div class="column">
        {failure}
        {overview.partial.length > 0 && (
          <p class="note" role="status">
            {`Shards that did not answer: ${overview.partial.join(", ")}. Their tasks are not shown.`}
          </p>
        )}
        {id !== undefined && open?.kind === "task" && <TaskCard task={open.task} onAct={board.act} />}
        {id !== undefined && open !== undefined && open.kind !== "task" && (
          <FailureCard failure={open} onRetry={board.refresh} />
        )}
        <TaskList tasks={overview.tasks} current={id} />
      </div>
    </div>
  );
}
