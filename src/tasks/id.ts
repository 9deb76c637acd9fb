import { monotonicFactory } from "ulid";

/** What ids are of. */
type IdKind = "task" | "group";

const ID = /^(task|group|clean|spill)_([0-9A-HJKMNP-TV-Z]{26})-(\d{1,3})$/;

/** What an id says by itself. */
export interface ParsedId {
  readonly kind: IdKind | "clean" | "spill";
  /** The shard that it is in. */
  readonly shard: number;
  /** When it was made. */
  readonly madeMs: number;
}

/** Makes ids: `task_01JDK5T1F8ZQ4V0B6W7X8Y9Z0A-3`, in the order of time, of the shard at their end. */
export type MakeId = (kind: IdKind, shard: number) => string;

/** @param random Uniform in [0, 1). */
export function idMaker(epochMs: () => number, random: () => number): MakeId {
  const ulid = monotonicFactory(random);
  return (kind, shard) => `${kind}_${ulid(epochMs())}-${shard}`;
}

/** Reads an id; `undefined` for what is none. */
export function parseId(id: string): ParsedId | undefined {
  const [, kind, ulid = "", shard] = ID.exec(id) ?? [];
  if (kind !== "task" && kind !== "group" && kind !== "clean" && kind !== "spill") return undefined;
  return { kind, shard: Number(shard), madeMs: timeOf(ulid) };
}

/** The task that puts away what another one left behind. */
export function cleanUpId(id: string): string {
  return id.replace(/^[a-z]+_/, "clean_");
}

/** The task that removes what another one kept elsewhere. */
export function spillId(id: string): string {
  return id.replace(/^[a-z]+_/, "spill_");
}

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The first ten digits are milliseconds since 1970 (https://github.com/ulid/spec). */
function timeOf(ulid: string): number {
  let ms = 0;
  for (const digit of ulid.slice(0, 10)) ms = ms * DIGITS.length + DIGITS.indexOf(digit);
  return ms;
}
