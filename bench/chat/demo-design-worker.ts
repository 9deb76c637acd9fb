import { DurableObject } from "cloudflare:workers";

interface Env {
  readonly DEMO_ROOMS: DurableObjectNamespace<DemoRoom>;
}

/** How many of the latest messages everyone who enters is sent. */
const LATEST = 100;

/** What is known of a socket, also after hibernation. */
interface Guest {
  readonly name: string;
}

/**
 * A room of the design that Cloudflare's chat demo has (github.com/cloudflare/workers-chat-demo), without its rate
 * limiter: the hibernation API, one send a message and socket, and each message stored under its time, which no two
 * share.
 */
export class DemoRoom extends DurableObject<Env> {
  /** Those who have said their name. */
  readonly #guests = new Map<WebSocket, Guest>();
  #lastTime = 0;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    for (const socket of context.getWebSockets()) {
      const guest = socket.deserializeAttachment() as Guest | null; // what `#enter` left there
      if (guest !== null) this.#guests.set(socket, guest);
    }
  }

  override fetch(): Response {
    const [client, server] = Object.values(new WebSocketPair());
    if (client === undefined || server === undefined) throw new Error("Expected a pair of sockets, got less");
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    if (typeof data !== "string") return;
    const frame = JSON.parse(data) as { readonly name?: string; readonly message?: string };
    const guest = this.#guests.get(socket);
    if (guest === undefined) return await this.#enter(socket, { name: String(frame.name) });
    this.#lastTime = Math.max(Date.now(), this.#lastTime + 1);
    const { name } = guest;
    const text = JSON.stringify({ name, message: String(frame.message), timestamp: this.#lastTime });
    this.#broadcast(text);
    await this.ctx.storage.put(new Date(this.#lastTime).toISOString(), text);
  }

  override webSocketClose(socket: WebSocket): void {
    this.#leave(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.#leave(socket);
  }

  async #enter(socket: WebSocket, guest: Guest): Promise<void> {
    const latest = await this.ctx.storage.list<string>({ reverse: true, limit: LATEST });
    for (const text of [...latest.values()].toReversed()) socket.send(text);
    socket.serializeAttachment(guest);
    this.#guests.set(socket, guest);
    this.#broadcast(JSON.stringify({ joined: guest.name }));
    socket.send(JSON.stringify({ ready: true }));
  }

  #leave(socket: WebSocket): void {
    const guest = this.#guests.get(socket);
    this.#guests.delete(socket);
    if (guest !== undefined) this.#broadcast(JSON.stringify({ quit: guest.name }));
  }

  #broadcast(text: string): void {
    for (const socket of this.#guests.keys()) {
      try {
        socket.send(text);
      } catch {
        this.#guests.delete(socket); // it is gone, and its close is yet to come
      }
    }
  }
}

async function serve(request: Request, env: Env): Promise<Response> {
  return await env.DEMO_ROOMS.getByName(new URL(request.url).pathname).fetch(request);
}

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default { fetch: serve };
