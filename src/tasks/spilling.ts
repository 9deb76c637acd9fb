import { ProblemError } from "../http/problem.ts";
import type { NewTask } from "./row.ts";
import type { Claimed } from "./claim.ts";
import { isEnded } from "./row.ts";
import { keyIn, MOST_INLINE_CHARACTERS, payloadKey, pointerTo, resultKey } from "./pointer.ts";
import type { Outcome, Report } from "./settle.ts";
import type { SpillStore } from "./spill.ts";
import type { Looked, ShardStub } from "./stub.ts";

/**
 * A shard that keeps what is too large for it elsewhere: payloads and results go there on their way in, and come back on
 * their way out. A result is kept under the fence of its claim, and counts only when the shard takes the report of it.
 */
export function spilling(stub: ShardStub, spill: SpillStore): ShardStub {
  return {
    ...stub,
    async enqueue(tasks) {
      const lean = await Promise.all(tasks.map(async (one) => await spillPayload(one, spill)));
      const answers = await stub.enqueue(lean);
      await removeUnused(
        lean.filter((_, index) => answers[index]?.kind !== "new"),
        spill,
      );
      return answers;
    },
    async enqueueGroup({ tasks, next, ...group }) {
      const lean = await Promise.all(tasks.map(async (one) => await spillPayload(one, spill)));
      const leanNext = next && (await spillPayload(next, spill));
      const answer = await stub.enqueueGroup({ ...group, tasks: lean, next: leanNext });
      if (answer.kind !== "new")
        await removeUnused([...lean, ...(leanNext === undefined ? [] : [leanNext])], spill);
      return answer;
    },
    async claim(worker, ids) {
      const claimed = await stub.claim(worker, ids);
      if (claimed.every(({ payload }) => keyIn(payload) === undefined)) return claimed;
      const fetched = await Promise.all(claimed.map(async (one) => await fetchPayload(one, spill)));
      const failures = fetched.flatMap((one) => ("outcome" in one ? [one] : []));
      // Where this is not heard their leases run out.
      if (failures.length > 0) await stub.report(failures).catch(() => undefined);
      return fetched.flatMap((one) => ("outcome" in one ? [] : [one]));
    },
    async report(reports) {
      const large = reports.filter(isLarge);
      if (large.length === 0) return await stub.report(reports);
      // From now on the shard knows that there may be something to put away, whatever happens.
      const beats = large.map(({ id, fence }) => ({ id, fence, spills: true }));
      const lost = new Set((await stub.beat(beats, 0)).lost);
      return await stub.report(
        await Promise.all(
          reports.map(async (one) => (isLarge(one) ? await spillResult(one, lost, spill) : one)),
        ),
      );
    },
    look: async (id) => await fetchTexts(await stub.look(id), spill),
    async watch(id, version, holdMs) {
      const looked = await stub.watch(id, version, holdMs);
      // Until its end, who watches wants to know how far it is.
      return looked !== undefined && isEnded(looked.row) ? await fetchTexts(looked, spill) : looked;
    },
  };
}

async function spillPayload<T extends NewTask>(task: T, spill: SpillStore): Promise<T> {
  if (task.payload.length <= MOST_INLINE_CHARACTERS) return task;
  const key = payloadKey(task.id);
  await spill.put(key, task.payload).catch(unavailable);
  return { ...task, payload: pointerTo(key) };
}

/** What was enqueued under its key before has a payload of its own. */
async function removeUnused(tasks: readonly NewTask[], spill: SpillStore): Promise<void> {
  const keys = tasks.flatMap(({ payload }) => keyIn(payload) ?? []);
  if (keys.length > 0) await spill.remove(keys).catch(() => undefined); // nobody looks there
}

async function fetchPayload(claimed: Claimed, spill: SpillStore): Promise<Claimed | Report> {
  const { id, fence } = claimed;
  try {
    const payload = await fetchText(claimed.payload, spill);
    if (payload !== undefined) return { ...claimed, payload };
    return { id, fence, outcome: failed("payload-gone", "Its payload is not there any more", false) };
  } catch {
    return { id, fence, outcome: failed("payload-unavailable", "Its payload cannot be read", true) };
  }
}

type Large = Report & { readonly outcome: { readonly kind: "succeeded"; readonly result: string } };

function isLarge(report: Report): report is Large {
  const { outcome } = report;
  return outcome.kind === "succeeded" && (outcome.result?.length ?? 0) > MOST_INLINE_CHARACTERS;
}

/** A report of what is lost is refused, and its result is kept nowhere. */
async function spillResult(
  { id, fence, outcome }: Large,
  lost: ReadonlySet<string>,
  spill: SpillStore,
): Promise<Report> {
  if (lost.has(id)) return { id, fence, outcome: failed("lease-lost", "The lease is lost", true) };
  const key = resultKey(id, fence);
  try {
    await spill.put(key, outcome.result);
    return { id, fence, outcome: { ...outcome, result: pointerTo(key) } };
  } catch {
    return { id, fence, outcome: failed("result-unavailable", "Its result cannot be kept", true) };
  }
}

function failed(code: string, message: string, isRetryable: boolean): Outcome {
  return { kind: "failed", error: { code, message }, isRetryable };
}

/** @throws {ProblemError} `tasks-unavailable`. */
async function fetchTexts(looked: Looked | undefined, spill: SpillStore): Promise<Looked | undefined> {
  if (looked === undefined) return undefined;
  const { row, payload, result } = looked;
  const [whole, end] = await Promise.all([fetchText(payload, spill), fetchText(result, spill)]).catch(
    unavailable,
  );
  return { row, payload: whole, result: end };
}

async function fetchText(text: string | undefined, spill: SpillStore): Promise<string | undefined> {
  const key = text === undefined ? undefined : keyIn(text);
  return key === undefined ? text : await spill.get(key);
}

function unavailable(cause: unknown): never {
  throw new ProblemError("tasks-unavailable", {
    detail: "The large texts of tasks cannot be reached",
    cause,
  });
}
