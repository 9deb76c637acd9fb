import type { ChatRelay } from "../durable-objects/chat-relay.ts";
import type { ChatRoom } from "../durable-objects/chat-room.ts";
import type { RateLimiter } from "../durable-objects/rate-limiter.ts";

/** The bindings of wrangler.toml. */
declare global {
  namespace Cloudflare {
    interface Env {
      FANOUT_LANES: DurableObjectNamespace;
      RATE_LIMITERS: DurableObjectNamespace<RateLimiter>;
      CHAT_ROOMS: DurableObjectNamespace<ChatRoom>;
      CHAT_RELAYS: DurableObjectNamespace<ChatRelay>;
      FILES: R2Bucket;
    }
  }
}
