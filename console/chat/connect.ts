import { connectChat, webStorage } from "../../src/chat/client.ts";
import { isObject } from "../is-object.ts";
import { withToken } from "../token.ts";
import type { Connect } from "./talker.ts";

/** Connects to a room of the Manifold that served this page. */
export const connectHere: Connect = (room, options) =>
  connectChat({
    ...options,
    url: async (signal) => await addressOf(room, signal),
    storage: webStorage(sessionStorage, `manifold-chat-${room}`),
  });

/** Where to connect: with a ticket, for a browser's WebSocket can carry no token. One ticket is good for one try. */
async function addressOf(room: string, signal: AbortSignal): Promise<string> {
  const path = `/v1/rooms/${encodeURIComponent(room)}`;
  const response = await fetch(`${path}/tickets`, { method: "POST", headers: withToken({}), signal });
  const answer: unknown = await response.json();
  const ticket = isObject(answer) ? answer["ticket"] : undefined;
  if (!response.ok || typeof ticket !== "string") {
    const title = isObject(answer) ? (answer["detail"] ?? answer["title"]) : undefined;
    throw new Error(typeof title === "string" ? title : `No ticket: status ${response.status}`);
  }
  const url = new URL(`${path}?ticket=${encodeURIComponent(ticket)}`, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
