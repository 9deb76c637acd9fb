import type { MakeId } from "./id.ts";
import type { PlannedTasks } from "./plan.ts";
import type { ShardStub } from "./stub.ts";

/** Where tasks are, and which types there are. */
export interface TaskOptions {
  readonly tasks: PlannedTasks;
  readonly shardFor: (shard: number) => ShardStub;
  readonly makeId: MakeId;
  readonly epochMs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Is told of failures that the caller is told of without their cause. */
  report(this: void, event: string, error: unknown): void;
}
