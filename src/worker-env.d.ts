import type { ChatRoom } from "../durable-objects/chat-room.ts";
import type { Crawl } from "../durable-objects/crawl.ts";
import type { RateLimiter } from "../durable-objects/rate-limiter.ts";

/** The bindings of wrangler.toml. */
declare global {
  namespace Cloudflare {
    interface Env {
      FANOUT_LANES: DurableObjectNamespace;
      RATE_LIMITERS: DurableObjectNamespace<RateLimiter>;
      CHAT_ROOMS: DurableObjectNamespace<ChatRoom>;
      CRAWLS: DurableObjectNamespace<Crawl>;
      FILES: R2Bucket;
    }
  }
}
