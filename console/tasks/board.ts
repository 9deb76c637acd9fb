import { complaintOf, isFinal, postJson, type Refusal, type Unreachable } from "../exchange.ts";
import { isObject } from "../is-object.ts";
import { createLatest, type Latest, type Loading, valueOf } from "../latest.ts";
import { getOverview, getTask, type OpenTask, type Overview } from "./answers.ts";

/** How often the board is looked at anew while it is open. */
const EVERY_MS = 1_000;

/** What is done to one task. */
export type Deed = "cancel" | "retry";

/** The tasks as they stand, looked at again every second while somebody sees them. */
export interface Board {
  readonly overview: Latest<undefined, Overview | Refusal | Unreachable>;
  readonly task: Latest<string, OpenTask | Refusal | Unreachable>;
  /** Begins to look, at one task in detail if it is named. */
  readonly open: (id: string | undefined) => void;
  readonly close: () => void;
  readonly refresh: () => void;
  /** @returns The new task's id, or why there is none. */
  readonly enqueue: (type: string, payload: unknown) => Promise<string | Refusal | Unreachable>;
  /** @returns Why it was not done, if it was not. */
  readonly act: (id: string, deed: Deed) => Promise<Refusal | Unreachable | undefined>;
  readonly setPaused: (type: string, isPaused: boolean) => Promise<Refusal | Unreachable | undefined>;
}

/** @param every Calls back so often, until what it returns is called. */
export function createBoard(every: (listener: () => void, everyMs: number) => () => void): Board {
  const overview = createLatest(getOverview);
  const task = createLatest(getTask);
  let stop: (() => void) | undefined;
  let openId: string | undefined;

  /** A slow answer is waited for: asking again would only begin it anew. */
  const look = (isAsked: boolean) => {
    const isDue = (state: Loading<unknown, Overview | OpenTask | Refusal | Unreachable>) => {
      const value = valueOf(state);
      return state.kind !== "loading" && (isAsked || value?.kind !== "refused" || !isFinal(value));
    };
    if (isDue(overview.get())) overview.load(undefined);
    if (openId !== undefined && isDue(task.get())) task.load(openId);
  };
  const post = async (target: string) => {
    const complaint = complaintOf(await postJson(target, {}));
    look(true);
    return complaint;
  };

  return {
    overview,
    task,
    open(id) {
      if (id !== openId) task.clear();
      openId = id;
      look(true);
      stop ??= every(() => look(false), EVERY_MS);
    },
    close() {
      stop?.();
      stop = undefined;
    },
    refresh: () => look(true),
    async enqueue(type, payload) {
      const answer = await postJson("/v1/tasks", { type, payload });
      const complaint = complaintOf(answer);
      if (complaint !== undefined) return complaint;
      look(true);
      return "body" in answer && isObject(answer.body) ? String(answer.body["id"]) : "";
    },
    act: async (id, deed) => await post(`/v1/tasks/${id}/${deed}`),
    setPaused: async (type, isPaused) =>
      await post(`/v1/task-types/${type}/${isPaused ? "pause" : "resume"}`),
  };
}
