import { DurableObject } from "cloudflare:workers";
import { systemClock } from "#kernel";
import type { DownCall, LinkAnswer, UpCall } from "../src/chat/link.ts";
import { createRelay, type Relay } from "../src/chat/relay.ts";
import { CONNECT_HEADER, type ConnectMessage, nameOfRelay } from "../src/chat/stub.ts";
import { PING, PONG } from "../src/chat/wire.ts";
import { logError, logInfo } from "../src/http/log.ts";
import { keepSettings, keptSettings } from "./kept-settings.ts";
import { nextLife } from "./life.ts";
import { closeQuietly, sendQuietly } from "./quiet-socket.ts";

/** Out of memory with sockets, as should not be, it is back by then to send them away. */
const LOOK_MS = 30_000;

/** Holds sockets of a room that has too many of its own: moves bytes for `createRelay`, which decides. */
export class ChatRelay extends DurableObject {
  #relay: Relay<WebSocket> | undefined;
  #stopTimer: () => void = () => undefined;
  #timerMs = Infinity;
  readonly #name = nameOfRelay(this.ctx.id.name ?? "");

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  }

  /** Connects. Only the Worker asks, and its room has sent it here. */
  override async fetch(request: Request): Promise<Response> {
    // Written by `src/rooms.ts`.
    const { settings, address } = JSON.parse(request.headers.get(CONNECT_HEADER) ?? "{}") as ConnectMessage;
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + LOOK_MS);
    keepSettings(this.ctx.storage.kv, settings);
    // First: whose sockets are there when it opens, it was out of memory with.
    this.#open();
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    this.#turn((relay, now) => relay.open(server, now, { address }));
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): void {
    this.#turn((relay, now) => relay.receive(socket, data, now));
  }

  override webSocketClose(socket: WebSocket): void {
    closeQuietly(socket, 1000, "");
    this.#turn((relay, now) => relay.closed(socket, now));
  }

  override webSocketError(socket: WebSocket): void {
    this.#turn((relay, now) => relay.closed(socket, now));
  }

  override async alarm(): Promise<void> {
    this.#tick("relay-alarm-failed");
    // Not as long as sockets are listed: those of the dead are, who never answer that theirs is closed.
    if (this.#open().dueMs() < Infinity) await this.ctx.storage.setAlarm(Date.now() + LOOK_MS);
  }

  /** Takes a call of the room's. */
  deliver(call: DownCall): LinkAnswer {
    let answer: LinkAnswer | undefined;
    this.#turn((relay, now) => (answer = relay.deliver(call, now)));
    return answer ?? { room: 0, isTaken: false };
  }

  #turn(act: (relay: Relay<WebSocket>, nowMs: number) => void): void {
    const relay = this.#open();
    const nowMs = Date.now();
    act(relay, nowMs);
    const dueMs = relay.dueMs();
    if (dueMs === this.#timerMs) return;
    this.#stopTimer();
    this.#timerMs = dueMs;
    if (dueMs === Infinity) return;
    const proceed = () => {
      this.#timerMs = Infinity;
      this.#tick("relay-timer-failed");
    };
    this.#stopTimer = systemClock.setTimer(proceed, Math.max(0, dueMs - nowMs));
  }

  /** Does what is due. What fails is tried again by the next alarm. */
  #tick(event: string): void {
    try {
      this.#turn((relay, now) => relay.tick(now));
    } catch (error) {
      logError(event, this.#name, error);
    }
  }

  async #forward(call: UpCall): Promise<void> {
    const room = this.env.CHAT_ROOMS.getByName(this.#name.room);
    const answer = await room.forward(call).catch((error: unknown) => {
      logError("relay-call-failed", this.#name, error);
      return undefined;
    });
    this.#turn((relay, now) => relay.forwarded(call, answer, now));
  }

  #open(): Relay<WebSocket> {
    return (this.#relay ??= createRelay<WebSocket>(
      {
        send: sendQuietly,
        close: closeQuietly,
        heardMs: (socket) => this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0,
        noteClosing: (closing) => logInfo({ event: "room-closed", ok: false, ...this.#name, ...closing }),
        makeLife: () => nextLife(this.ctx.storage.kv),
        forward: (call) => this.ctx.waitUntil(this.#forward(call)),
      },
      keptSettings(this.ctx.storage.kv),
      this.#name.relay,
      this.ctx.getWebSockets(),
    ));
  }
}
