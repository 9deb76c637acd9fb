import type { TypeState } from "./store.ts";

/** So many starts in that time. */
export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

/** Whether a task may start, and what to remember; or when to ask again. */
export type RateAnswer =
  | { readonly allowed: true; readonly rate: NonNullable<TypeState["rate"]> }
  | { readonly allowed: false; readonly againMs: number; readonly rate: NonNullable<TypeState["rate"]> };

/**
 * Asks for one start: the generic cell rate algorithm (ITU-T I.371), with `count` at once. Each who is refused is told a
 * time of its own, so that they do not all come back together.
 */
export function askRate({ count, perMs }: Rate, known: TypeState["rate"], nowMs: number): RateAnswer {
  const intervalMs = perMs / count;
  const tatMs = Math.max(known?.tatMs ?? 0, nowMs);
  const freeMs = tatMs - (perMs - intervalMs);
  if (freeMs <= nowMs) {
    return { allowed: true, rate: { tatMs: tatMs + intervalMs, deferMs: known?.deferMs ?? 0 } };
  }
  const againMs = Math.ceil(Math.max(freeMs, known?.deferMs ?? 0));
  return { allowed: false, againMs, rate: { tatMs, deferMs: againMs + intervalMs } };
}
