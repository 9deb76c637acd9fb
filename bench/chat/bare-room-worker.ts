import { DurableObject } from "cloudflare:workers";

/** What comes within so long goes out together. */
const GATHER_MS = 5;

/**
 * A room that does nothing but send on, a few messages to a frame: no log, no names, no acknowledgements, nobody who may
 * be slow. What it takes is what the platform's sockets take.
 */
export class BareRoom extends DurableObject {
  #seq = 0;
  #waiting: string[] = [];

  override fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(socket: WebSocket, data: string): void {
    const frame = JSON.parse(data) as Readonly<Record<string, string>>; // from the bench's own clients
    const { t, id, name, text } = frame;
    if (t === "hello") {
      socket.serializeAttachment(name);
      socket.send(JSON.stringify({ t: "welcome", uid: "u", name, seq: this.#seq }));
      return;
    }
    const place = { seq: (this.#seq += 1), ts: Date.now() };
    socket.send(JSON.stringify({ t: "ok", id, ...place }));
    if (this.#waiting.length === 0) setTimeout(() => this.#flush(), GATHER_MS);
    this.#waiting.push(JSON.stringify({ t: "msg", uid: "u", name: "n", text, ...place }));
  }

  #flush(): void {
    const [only = ""] = this.#waiting;
    const text = this.#waiting.length === 1 ? only : `{"t":"msgs","m":[${this.#waiting.join(",")}]}`;
    this.#waiting = [];
    for (const socket of this.ctx.getWebSockets()) socket.send(text);
  }
}

/** Connects to the room that the path names. */
async function connect(
  request: Request,
  { BARE_ROOMS }: { readonly BARE_ROOMS: DurableObjectNamespace },
): Promise<Response> {
  return await BARE_ROOMS.getByName(new URL(request.url).pathname).fetch(request);
}

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default { fetch: connect };
