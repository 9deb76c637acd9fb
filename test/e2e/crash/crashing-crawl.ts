import type { DurableObject } from "cloudflare:workers";
import worker, { Crawl as Product } from "../../../src/index.ts";
import type { CrawlOrder } from "../../../src/crawl/stub.ts";
import { type CrashEnv, type Tell, tellingQueue, tellTo } from "./telling.ts";

export { ChatRelay, ChatRoom, FanoutLane, HostGate, RateLimiter, TaskShard } from "../../../src/index.ts";

/** How long a batch is held by a consumer that was killed; longer than any takes of those that were not. */
const LEASE_MS = 8_000;

/** The product's crawl, of which a few calls are waited for here that the product answers at once. */
interface Calls extends DurableObject {
  create(order: CrawlOrder): Promise<unknown>;
  begin(fence: number): unknown;
  report(...args: readonly unknown[]): Promise<unknown>;
  alarm(): Promise<void>;
}

const Base = Product as unknown as new (ctx: DurableObjectState, env: Cloudflare.Env) => Calls;

/** The product with somebody looking on: what is told has been committed, for a call that goes out waits for that. */
export class Crawl extends Base {
  readonly #tell: Tell;

  constructor(ctx: DurableObjectState, env: CrashEnv) {
    const tell = tellTo(env);
    const queue = tellingQueue(env.CRAWL_QUEUE, tell, () => "before-send");
    const archives = {
      async put(key: string, bytes: Uint8Array<ArrayBuffer>) {
        await tell("before-put");
        const answer = await env.ARCHIVES.put(key, bytes);
        await tell("after-put");
        return answer;
      },
    };
    // All of it that a crawl under way uses.
    super(ctx, { ...env, CRAWL_QUEUE: queue, ARCHIVES: archives as unknown as R2Bucket });
    this.#tell = tell;
  }

  override async create(order: CrawlOrder): Promise<unknown> {
    const answer = await super.create({ ...order, settings: { ...order.settings, leaseMs: LEASE_MS } });
    await this.#tell("after-create");
    return answer;
  }

  override async begin(fence: number): Promise<unknown> {
    const batch = super.begin(fence);
    if (batch !== undefined) await this.#tell("after-begin");
    return batch;
  }

  override async report(...args: readonly unknown[]): Promise<unknown> {
    await this.#tell("before-report");
    const isTaken = await super.report(...args);
    await this.#tell("after-report");
    return isTaken;
  }

  override async alarm(): Promise<void> {
    await this.#tell("in-alarm");
    await super.alarm();
  }
}

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default worker;
