import { isEnded } from "./row.ts";
import type { Looked, ShardStub } from "./stub.ts";

/** Waits for the end of a task. @returns The task, or `undefined` when the time is over before. */
export async function whenEnded(
  stub: ShardStub,
  id: string,
  withinMs: number,
  epochMs: () => number,
): Promise<Looked | undefined> {
  const untilMs = epochMs() + withinMs;
  let version = 0;
  for (;;) {
    const leftMs = untilMs - epochMs();
    if (leftMs <= 0) return undefined;
    const looked = await stub.watch(id, version, leftMs);
    if (looked === undefined) return undefined;
    if (isEnded(looked.row)) return looked;
    // Nothing new means that the time is over, whatever our clock says of it.
    if (looked.row.version === version) return undefined;
    version = looked.row.version;
  }
}
