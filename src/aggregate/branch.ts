import type { CancelSignal } from "#kernel";
import type { Call } from "./definition.ts";
import type { Document } from "./document.ts";
import { getEach } from "./each.ts";
import { CallError, type Fault } from "./failure.ts";
import { type BranchRun, getOne, makeTarget, toWanted } from "./get-one.ts";
import { obtain, recall } from "./obtain.ts";
import { getPages } from "./pages.ts";
import { checkSchema } from "./schema.ts";
import { shape } from "./shape.ts";

/**
 * Gets a branch's result.
 *
 * @throws {CallError} When every way to it has failed. The reason of `signal`; what a function of the configuration
 *   throws, other than `map`, whose failure is the branch's.
 */
export async function getResult(run: BranchRun, call: Call, signal: CancelSignal): Promise<unknown> {
  const { branch } = run;
  if (branch.each !== undefined) return await getEach(run, branch.each, call, signal);
  if (branch.pages !== undefined) return await getPages(run, branch.pages, call, signal);
  try {
    return await toValue(run, await getOne(run, call, signal), call);
  } catch (error) {
    if (!(error instanceof CallError) || !isForFallback(error.fault)) throw error;
    return await fallBack(run, call, error, signal);
  }
}

/** Makes the result from a document: checked, shaped, mapped. */
async function toValue({ branch }: BranchRun, { body }: Document, call: Call): Promise<unknown> {
  const { schema, pick, rename, map } = branch;
  const checked = schema === undefined ? body : await checkSchema(schema, body);
  const isShaped = pick !== undefined || rename !== undefined;
  const shaped = isShaped ? shape(checked, { ...(pick && { pick }), ...(rename && { rename }) }) : checked;
  if (map === undefined) return shaped;
  try {
    return map(shaped, call);
  } catch (error) {
    throw new CallError({ kind: "invalid", reason: "`map` cannot use it" }, { cause: error });
  }
}

/** Whether another source may do better: not where the question was wrong. */
function isForFallback(fault: Fault): boolean {
  if (fault.kind === "status") return fault.status >= 500 || fault.status === 429;
  return fault.kind !== "unsendable" && fault.kind !== "too-many";
}

/** Goes down the chain until something gives a result. @throws {CallError} The first failure, when nothing does. */
async function fallBack(
  run: BranchRun,
  call: Call,
  first: CallError,
  signal: CancelSignal,
): Promise<unknown> {
  const { branch, request, log, obtained } = run;
  for (const step of branch.fallback) {
    if (!("upstream" in step)) {
      const found = await useKept(run, call, step);
      if (found !== undefined) return found.value;
      continue;
    }
    try {
      const wanted = { ...toWanted(branch, call), source: step, target: makeTarget(step, call), keep: false };
      const document = await obtain({ ...wanted, kind: "fallback", cache: undefined }, signal, request, log);
      const value = await toValue(run, document.document, call);
      obtained.push(document);
      log.note("fallback");
      return value;
    } catch (error) {
      if (!(error instanceof CallError)) throw error; // else the next step may do better; the log has it
    }
  }
  throw first;
}

/**
 * What is left when a branch's time is over: an answer that was kept, or a value.
 *
 * @returns The result, if there is one.
 */
export async function lastResort(
  run: BranchRun,
  call: Call,
): Promise<{ readonly value: unknown } | undefined> {
  for (const step of run.branch.fallback) {
    const found = "upstream" in step ? undefined : await useKept(run, call, step);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function useKept(
  run: BranchRun,
  call: Call,
  step: { readonly staleMs: number } | { readonly value: unknown },
): Promise<{ readonly value: unknown } | undefined> {
  const { branch, request, log, obtained } = run;
  if ("value" in step) {
    log.note("fallback");
    return { value: step.value };
  }
  const kept = recall(toWanted(branch, call), step.staleMs, request);
  if (kept === undefined) return undefined;
  try {
    const value = await toValue(run, kept.document, call);
    obtained.push(kept);
    log.note("stale");
    return { value };
  } catch (error) {
    if (error instanceof CallError) return undefined; // what was kept fits no better than what came
    throw error;
  }
}
