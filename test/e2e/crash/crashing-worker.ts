import type { DurableObject } from "cloudflare:workers";
import worker, { TaskShard as Shard } from "../../../src/index.ts";

export { ChatRelay, ChatRoom, Crawl, FanoutLane, RateLimiter } from "../../../src/index.ts";

/** The product's shard, of which a few calls are waited for here that the product answers at once. */
interface Calls extends DurableObject {
  claim(...args: readonly unknown[]): unknown;
  report(...args: readonly unknown[]): unknown;
  alarm(): Promise<void>;
}

const Product = Shard as unknown as new (ctx: DurableObjectState, env: Cloudflare.Env) => Calls;

interface Env extends Cloudflare.Env {
  /** Where the test is told how far a shard is; it may end the machine instead of an answer. */
  readonly CRASH_URL: string;
}

/** The product with somebody looking on: what is told has been committed, for a call that goes out waits for that. */
export class TaskShard extends Product {
  readonly #tell: (point: string) => Promise<void>;

  constructor(ctx: DurableObjectState, env: Env) {
    const rings = { isRinging: false };
    const tell = async (point: string) => {
      await (await fetch(`${env.CRASH_URL}/at/${point}`)).body?.cancel();
    };
    const queue = {
      async sendBatch(...args: Parameters<Queue<string>["sendBatch"]>) {
        await tell(rings.isRinging ? "in-alarm" : "before-send");
        const answer = await env.TASK_QUEUE.sendBatch(...args);
        await tell("after-send");
        return answer;
      },
    };
    super(ctx, { ...env, TASK_QUEUE: queue as Queue<string> }); // all of it that a shard uses
    this.#rings = rings;
    this.#tell = tell;
  }

  readonly #rings: { isRinging: boolean };

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
