import type { CancelSignal } from "#kernel";
import type { AttemptLog } from "./attempt-log.ts";
import type { BranchPlan, SourcePlan } from "./branch-plan.ts";
import type { Call } from "./definition.ts";
import type { Document } from "./document.ts";
import { CallError } from "./failure.ts";
import { type Obtained, obtain, type Wanted } from "./obtain.ts";
import type { InboundRequest } from "./request.ts";
import { type Target, UnsendableError } from "./target.ts";

/** A branch at work. */
export interface BranchRun {
  readonly branch: BranchPlan;
  readonly request: InboundRequest;
  readonly log: AttemptLog;
  /** Every document that went into the result. */
  readonly obtained: Obtained[];
}

/** Gets the one document that a call is for. */
export async function getOne(run: BranchRun, call: Call, signal: CancelSignal): Promise<Document> {
  const { branch, request, log, obtained } = run;
  const found = await obtain(toWanted(branch, call), signal, request, log);
  obtained.push(found);
  return found.document;
}

/** What a call of a branch wants from its own source. */
export function toWanted(branch: BranchPlan, call: Call): Wanted {
  const { source, cache, fallback } = branch;
  const keep = cache !== undefined || fallback.some((step) => "staleMs" in step);
  return { source, target: makeTarget(source, call), kind: "first", cache, keep };
}

/** Makes a call's target. @throws {CallError} When the caller's input makes none. */
export function makeTarget({ target }: SourcePlan, call: Call): Target {
  try {
    return target(call);
  } catch (error) {
    if (!(error instanceof UnsendableError)) throw error;
    throw new CallError({ kind: "unsendable", reason: error.message }, { cause: error });
  }
}
