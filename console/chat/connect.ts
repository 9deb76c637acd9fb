import { connectChat, webStorage } from "../../src/chat/client.ts";
import { isObject } from "../is-object.ts";
import { needsToken, withToken } from "../token.ts";
import { NO_TOKEN } from "./talk.ts";
import { type Connect, wordsOf } from "./talker.ts";

/**
 * Connects to a room of the Manifold that served this page. A complaint says why no ticket is to be had, for the client
 * only knows to try again. Does not wait to try when the browser says that the network is back, or somebody looks again.
 */
export const connectHere: Connect = (room, { name, onEvent }) => {
  const chat = connectChat({
    name,
    url: async (signal) => {
      try {
        return await addressOf(room, signal);
      } catch (error) {
        const code = error instanceof NoToken ? NO_TOKEN : "no-ticket";
        if (!signal.aborted) onEvent?.({ type: "complaint", code, message: wordsOf(error) });
        throw error;
      }
    },
    storage: webStorage(sessionStorage, `manifold-chat-${room}`),
    onEvent(event) {
      if (event.type === "state" && event.state.name === "ended") {
        removeEventListener("online", hurry);
        document.removeEventListener("visibilitychange", look);
      }
      onEvent?.(event);
    },
  });
  const hurry = () => chat.hurry();
  const look = () => {
    if (document.visibilityState === "visible") hurry();
  };
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", look);
  return chat;
};

/** There is a token to be shown, or another one. */
class NoToken extends Error {}

/** Where to connect: with a ticket, for a browser's WebSocket can carry no token. One ticket is good for one try. */
async function addressOf(room: string, signal: AbortSignal): Promise<string> {
  const path = `/v1/rooms/${encodeURIComponent(room)}`;
  const response = await fetch(`${path}/tickets`, { method: "POST", headers: withToken({}), signal });
  const answer: unknown = await response.json();
  const ticket = isObject(answer) ? answer["ticket"] : undefined;
  if (!response.ok || typeof ticket !== "string") {
    const title = isObject(answer) ? (answer["detail"] ?? answer["title"]) : undefined;
    const words = typeof title === "string" ? title : `No ticket: status ${response.status}`;
    throw needsToken(response.status, answer) ? new NoToken(words) : new Error(words);
  }
  const url = new URL(`${path}?ticket=${encodeURIComponent(ticket)}`, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
