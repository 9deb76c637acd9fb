import type { CancelSignal } from "#kernel";
import type { Call } from "./definition.ts";
import type { Document } from "./document.ts";
import { getEach } from "./each.ts";
import { CallError, mayDoBetterElsewhere, useOn } from "./failure.ts";
import { type BranchRun, getOne, makeTarget, toWanted } from "./get-one.ts";
import { obtain, recall } from "./obtain.ts";
import { getPages } from "./pages.ts";
import { checkSchema } from "./schema.ts";
import { shape } from "./shape.ts";

/**
 * Gets a branch's result.
 *
 * @throws {CallError} When every way to it has failed; also when a function that reads what came cannot. The reason of
 *   `signal`; what any other function of the configuration throws.
 */
export async function getResult(run: BranchRun, call: Call, signal: CancelSignal): Promise<unknown> {
  const { branch } = run;
  if (branch.each !== undefined) return await getEach(run, branch.each, call, signal);
  if (branch.pages !== undefined) return await getPages(run, branch.pages, call, signal);
  try {
    return await toValue(run, await getOne(run, call, signal), call);
  } catch (error) {
    if (!(error instanceof CallError) || !mayDoBetterElsewhere(error.fault)) throw error;
    return await fallBack(run, call, error, signal);
  }
}

/** Makes the result from a document: checked, shaped, mapped. */
async function toValue({ branch }: BranchRun, { body }: Document, call: Call): Promise<unknown> {
  const { schema, pick, rename, map } = branch;
  const checked = schema === undefined ? body : await checkSchema(schema, body);
  const isShaped = pick !== undefined || rename !== undefined;
  const shaped = isShaped ? shape(checked, { ...(pick && { pick }), ...(rename && { rename }) }) : checked;
  return map === undefined ? shaped : useOn("map", () => map(shaped, call));
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
 * What is left when a branch's time is over: an answer that was kept, as its cache or a fallback allows, or a value.
 *
 * @returns The result, if there is one.
 */
export async function lastResort(
  run: BranchRun,
  call: Call,
): Promise<{ readonly value: unknown } | undefined> {
  const { cache, fallback, each, pages } = run.branch;
  if (each !== undefined || pages !== undefined) return undefined;
  const staleMs = cache?.staleIfErrorMs === undefined ? [] : [cache.freshMs + cache.staleIfErrorMs];
  for (const step of [...staleMs.map((ms) => ({ staleMs: ms })), ...fallback]) {
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
