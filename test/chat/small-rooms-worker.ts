import { DEFAULT_SETTINGS } from "../../src/chat/settings.ts";
import { openRooms } from "../../src/rooms.ts";

export { ChatRelay } from "../../durable-objects/chat-relay.ts";
export { ChatRoom } from "../../durable-objects/chat-room.ts";
export { Crawl } from "../../durable-objects/crawl.ts";
export { FanoutLane } from "../../durable-objects/fanout-lane.ts";
export { HostGate } from "../../durable-objects/host-gate.ts";
export { RateLimiter } from "../../durable-objects/rate-limiter.ts";
export { TaskShard } from "../../durable-objects/task-shard.ts";

/** The product's rooms, with place for few, so that sixty clients split one. */
async function serve(request: Request, { CHAT_ROOMS, CHAT_RELAYS }: Cloudflare.Env): Promise<Response> {
  const settings = { ...DEFAULT_SETTINGS, flood: "off", split: { sockets: 20, relaySockets: 20 } } as const;
  const room = openRooms(CHAT_ROOMS, CHAT_RELAYS, settings)("small");
  if (request.headers.get("Upgrade") === "websocket") return await room.connect(undefined);
  return Response.json(await room.members());
}

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default { fetch: serve };
