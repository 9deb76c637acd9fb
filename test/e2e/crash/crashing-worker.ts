import type { DurableObject } from "cloudflare:workers";
import worker, { TaskShard as Shard } from "../../../src/index.ts";
import { type CrashEnv, type Tell, tellingQueue, tellTo } from "./telling.ts";

export { ChatRelay, ChatRoom, Crawl, FanoutLane, HostGate, RateLimiter } from "../../../src/index.ts";

/** The product's shard, of which a few calls are waited for here that the product answers at once. */
interface Calls extends DurableObject {
  claim(...args: readonly unknown[]): unknown;
  report(...args: readonly unknown[]): unknown;
  alarm(): Promise<void>;
}

const Product = Shard as unknown as new (ctx: DurableObjectState, env: Cloudflare.Env) => Calls;

/** The product with somebody looking on: what is told has been committed, for a call that goes out waits for that. */
export class TaskShard extends Product {
  readonly #tell: Tell;
  readonly #rings: { isRinging: boolean };

  constructor(ctx: DurableObjectState, env: CrashEnv) {
    const rings = { isRinging: false };
    const tell = tellTo(env);
    const before = () => (rings.isRinging ? "in-alarm" : "before-send");
    super(ctx, { ...env, TASK_QUEUE: tellingQueue(env.TASK_QUEUE, tell, before) });
    this.#rings = rings;
    this.#tell = tell;
  }

  override async claim(...args: readonly unknown[]): Promise<unknown> {
    const claims = super.claim(...args);
    await this.#tell("after-claim");
    return claims;
  }

  override async report(...args: readonly unknown[]): Promise<unknown> {
    const refused = super.report(...args);
    await this.#tell("after-complete");
    return refused;
  }

  override async alarm(): Promise<void> {
    this.#rings.isRinging = true;
    await super.alarm();
    this.#rings.isRinging = false;
  }
}

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default worker;
