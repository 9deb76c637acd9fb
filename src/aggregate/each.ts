import { type CancelSignal, gather, settle } from "#kernel";
import type { Call, EachDefinition } from "./definition.ts";
import { NO_FIELDS } from "./document.ts";
import { CallError, useOn } from "./failure.ts";
import { type BranchRun, getOne } from "./get-one.ts";
import { attach, planJoin } from "./join.ts";
import type { Obtained } from "./obtain.ts";
import { checkSchema } from "./schema.ts";

/**
 * Gets a result for each element: one call a key, or one for many where the upstream takes lists. All calls are
 * made at once, as connections allow.
 *
 * @returns A list in the elements' order.
 * @throws {CallError} When a call fails and the branch does not take what there is; when there are too many.
 */
export async function getEach(
  run: BranchRun,
  each: EachDefinition,
  call: Call,
  signal: CancelSignal,
): Promise<unknown[]> {
  const elements = each.of(call);
  const plan = planJoin(elements, each.key, { batchSize: each.batchSize, maxElements: each.max });
  if (!plan.ok) {
    const reason = `expected at most ${plan.limit} elements to fan out over, got ${plan.count}`;
    throw new CallError({ kind: "too-many", reason });
  }
  const found = new Map<string, unknown>();
  const tasks = plan.batches.map((batch) => async (inner: CancelSignal) => {
    const document = await getOne(run, { ...call, elements: batch.map(({ element }) => element) }, inner);
    const [only] = batch;
    if (each.keyOfItem === undefined) found.set(only?.key ?? "", await checkItem(run, document.body));
    else await keepItems(run, document.body, each.keyOfItem, found);
  });
  const options = { signal, clock: run.request.clock };
  if (each.partial) noteFailures(run, await settle(tasks, options));
  else await gather(tasks, options);

  return attach(elements, each.key, found).map(({ element, value }) => {
    const result = value ?? null;
    return each.attach === undefined ? result : useOn("attach", () => each.attach?.(element, result));
  });
}

async function keepItems(
  run: BranchRun,
  body: unknown,
  keyOfItem: (item: unknown) => string,
  found: Map<string, unknown>,
): Promise<void> {
  if (!Array.isArray(body)) {
    throw new CallError({ kind: "invalid", reason: "a call for many is not answered with a list" });
  }
  for (const raw of body as readonly unknown[]) {
    const item = await checkItem(run, raw);
    found.set(
      useOn("batch.key", () => keyOfItem(item)),
      item,
    );
  }
}

async function checkItem({ branch }: BranchRun, item: unknown): Promise<unknown> {
  return branch.schema === undefined ? item : await checkSchema(branch.schema, item);
}

/** Statuses that say that there is no such thing (RFC 9110, 15.5.5 and 15.5.11). */
const NOT_THERE = new Set([404, 410]);

const NOTHING: Obtained = { document: { body: null, fields: NO_FIELDS, bytes: 0 }, ageMs: 0 };

/**
 * A failed call leaves its elements without a result, and the list in part; that there is nothing for an element is an
 * answer, too, only none that may be kept. A bug is not a failed call.
 */
function noteFailures(
  { log, obtained }: BranchRun,
  outcomes: readonly ({ ok: true } | { ok: false; error: unknown })[],
): void {
  for (const outcome of outcomes) {
    if (outcome.ok) continue;
    if (!(outcome.error instanceof CallError)) throw outcome.error;
    const { fault } = outcome.error;
    if (fault.kind === "status" && NOT_THERE.has(fault.status)) obtained.push(NOTHING);
    else log.note("partial");
  }
}
