import type { ChatRelay } from "../durable-objects/chat-relay.ts";
import type { ChatRoom } from "../durable-objects/chat-room.ts";
import type { Crawl } from "../durable-objects/crawl.ts";
import type { HostGate } from "../durable-objects/host-gate.ts";
import type { RateLimiter } from "../durable-objects/rate-limiter.ts";
import type { TaskShard } from "../durable-objects/task-shard.ts";
import type { BatchCall } from "./crawl/consumer.ts";

/** The bindings of wrangler.toml. */
declare global {
  namespace Cloudflare {
    interface Env {
      FANOUT_LANES: DurableObjectNamespace;
      RATE_LIMITERS: DurableObjectNamespace<RateLimiter>;
      CHAT_ROOMS: DurableObjectNamespace<ChatRoom>;
      CHAT_RELAYS: DurableObjectNamespace<ChatRelay>;
      CRAWLS: DurableObjectNamespace<Crawl>;
      HOST_GATES: DurableObjectNamespace<HostGate>;
      CRAWL_QUEUE: Queue<BatchCall>;
      FILES: R2Bucket;
      ARCHIVES: R2Bucket;
      EMAIL: SendEmail;
      IMAGES: ImagesBinding;
      TASK_SHARDS: DurableObjectNamespace<TaskShard>;
      TASK_TEXTS: R2Bucket;
      TASK_QUEUE: Queue<string>;
      /** `1` on this machine. */
      ALLOW_LOOPBACK?: string;
      /** In place of the usual lease, in milliseconds. */
      TASK_LEASE_MS?: string;
    }
  }
}
