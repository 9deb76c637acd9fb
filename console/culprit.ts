import type { Problem } from "./answers.ts";

/** The branch for which a whole request failed. */
export interface Culprit {
  readonly name: string;
  readonly detail: string;
  readonly requestId: string | undefined;
}

/** The branch that a problem names at the beginning of its detail, as in ``Branch `facts` answered …``. */
export function culpritOf(problem: Problem | undefined): Culprit | undefined {
  const { detail, instance } = problem ?? {};
  const name = /^Branch `([^`]+)`/.exec(detail ?? "")?.[1];
  return name === undefined || detail === undefined ? undefined : { name, detail, requestId: instance };
}
