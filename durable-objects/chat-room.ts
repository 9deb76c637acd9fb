import { DurableObject } from "cloudflare:workers";
import { systemClock } from "#kernel";
import { type HistoryPage, type HistoryQuery, readHistory } from "../src/chat/history.ts";
import type { Log } from "../src/chat/log.ts";
import type { DownCall, LinkAnswer, UpCall } from "../src/chat/link.ts";
import type { SavedPresence } from "../src/chat/presence.ts";
import { AWAKE_MS, createRoom, type Room } from "../src/chat/room.ts";
import type { SavedSession } from "../src/chat/saved-session.ts";
import type { RoomSettings } from "../src/chat/settings.ts";
import { CONNECT_HEADER, type ConnectMessage, RELAY_HEADER, relayName } from "../src/chat/stub.ts";
import { type Member, PING, PONG } from "../src/chat/wire.ts";
import { logError, logInfo } from "../src/http/log.ts";
import { floodBucket } from "./flood-bucket.ts";
import { keepSettings, keptSettings } from "./kept-settings.ts";
import { nextLife } from "./life.ts";
import { closeQuietly, sendQuietly } from "./quiet-socket.ts";
import { hasLog, openSqliteLog } from "./sqlite-log.ts";
import { useOnce } from "./ticket-book.ts";

/** When to look again after an alarm that failed. */
const AGAIN_MS = 60_000;

/**
 * One room of chat: moves bytes and rows for `createRoom`, which decides. Its sockets outlive its memory, which is put
 * together again from their attachments and the log.
 *
 * Nothing is said that could be lost: the platform's output gate holds a `send` back until all that was written before
 * it is on disk, and an object that cannot write is restarted without having sent it.
 */
export class ChatRoom extends DurableObject {
  #log: Log | undefined;
  #room: Room<WebSocket> | undefined;
  #stopTimer: () => void = () => undefined;
  #timerMs = Infinity;
  #alarmMs = Infinity;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  }

  /** Connects. Only the Worker asks, and it has checked who does. */
  override fetch(request: Request): Response {
    // Written by `src/rooms.ts`.
    const { settings, address } = JSON.parse(request.headers.get(CONNECT_HEADER) ?? "{}") as ConnectMessage;
    keepSettings(this.ctx.storage.kv, settings);
    const place = this.#open().place(Date.now());
    if (place !== "here")
      return new Response(null, { status: 421, headers: { [RELAY_HEADER]: String(place) } });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    this.#turn((room, now) => room.open(server, now, { address }));
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): void {
    this.#turn((room, now) => room.receive(socket, data, now));
  }

  override webSocketClose(socket: WebSocket): void {
    // Without it, the other side hears of no end for ten seconds, and then of a failure (1006). Not with its own code:
    // some cannot be sent.
    closeQuietly(socket, 1000, "");
    this.#end(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.#end(socket);
  }

  /** Does what is due that is worth waking for. May come twice, or for nothing. */
  override async alarm(): Promise<void> {
    this.#alarmMs = Infinity;
    try {
      if (hasLog(this.ctx.storage)) this.#turn((room, now) => room.tick(now));
    } catch (error) {
      await this.#failed("room-alarm-failed", error);
    }
  }

  /** Takes a call of a relay's. */
  forward(call: UpCall): LinkAnswer {
    let answer: LinkAnswer | undefined;
    this.#turn((room, now) => (answer = room.forward(call, now)));
    return answer ?? { room: 0, isTaken: false };
  }

  history(query: HistoryQuery, settings: RoomSettings): HistoryPage {
    if (!hasLog(this.ctx.storage)) return { items: [], more: false };
    if (this.#room === undefined) keepSettings(this.ctx.storage.kv, settings);
    this.#wake();
    return readHistory(this.#openLog(), query);
  }

  members(): { readonly members: readonly Member[]; readonly count: number } {
    if (!hasLog(this.ctx.storage)) return { members: [], count: 0 };
    this.#wake();
    const { members, count } = this.#open().members();
    return { members, count };
  }

  kick(uid: string): boolean {
    if (!hasLog(this.ctx.storage)) return false;
    let wasHere = false;
    this.#turn((room, now) => (wasHere = room.kick(uid, now)));
    return wasHere;
  }

  useTicket(id: string, expiresMs: number): boolean {
    return useOnce(this.ctx.storage.kv, id, expiresMs, Date.now());
  }

  /**
   * Does what became due while the room was out of memory: killed in the wrong moment, it may have slept through the end
   * of somebody's grace, and since it went to sleep a deploy may have said that less is kept.
   */
  #wake(): void {
    if (this.#room === undefined) this.#turn((room, now) => room.tick(now));
  }

  /** A room that is woken by the end of a socket must know whose it was; the platform does not list it any more. */
  #end(socket: WebSocket): void {
    this.#open(socket);
    this.#turn((room, now) => room.closed(socket, now));
  }

  /** One turn of the room, and then what is due next: soon by a timer, which keeps the object awake; else by alarm. */
  #turn(act: (room: Room<WebSocket>, nowMs: number) => void): void {
    const room = this.#open();
    const nowMs = Date.now();
    act(room, nowMs);
    const dueMs = room.dueMs();
    if (dueMs <= nowMs + AWAKE_MS) {
      if (dueMs !== this.#timerMs) this.#setTimer(dueMs, nowMs);
    } else if (dueMs < this.#alarmMs) {
      this.#alarmMs = dueMs;
      void this.ctx.storage.setAlarm(dueMs);
    }
  }

  async #deliver(call: DownCall): Promise<void> {
    const relay = this.env.CHAT_RELAYS.getByName(relayName(this.ctx.id.name ?? "", call.relay));
    const answer = await relay.deliver(call).catch((error: unknown) => {
      logError("relay-call-failed", { room: this.ctx.id.name, relay: call.relay }, error);
      return undefined;
    });
    this.#turn((room, now) => room.delivered(call, answer, now));
  }

  #setTimer(dueMs: number, nowMs: number): void {
    this.#stopTimer();
    this.#timerMs = dueMs;
    const proceed = () => {
      this.#timerMs = Infinity;
      try {
        this.#turn((room, now) => room.tick(now));
      } catch (error) {
        this.ctx.waitUntil(this.#failed("room-timer-failed", error));
      }
    };
    this.#stopTimer = systemClock.setTimer(proceed, Math.max(0, dueMs - nowMs));
  }

  /** What was to be done may have been done in part; the rest of it is tried again. */
  async #failed(event: string, error: unknown): Promise<void> {
    logError(event, { room: this.ctx.id.name }, error);
    this.#alarmMs = Date.now() + AGAIN_MS;
    await this.ctx.storage.setAlarm(this.#alarmMs);
  }

  #openLog(): Log {
    return (this.#log ??= openSqliteLog(this.ctx.storage, () => crypto.randomUUID()));
  }

  #open(ending?: WebSocket): Room<WebSocket> {
    if (this.#room !== undefined) return this.#room;
    const { kv } = this.ctx.storage;
    const all = new Set([...this.ctx.getWebSockets(), ...(ending === undefined ? [] : [ending])]);
    const sockets = [...all].flatMap((socket) => {
      // Of `attach` below; none for one that was sent away, or is about to be opened.
      const saved = socket.deserializeAttachment() as SavedSession | null;
      return saved === null ? [] : [[socket, saved] as const];
    });
    this.#room = createRoom<WebSocket>(
      {
        log: this.#openLog(),
        send: sendQuietly,
        close(socket, code, reason) {
          // Until the other side has answered, which it may never do, the platform lists it.
          socket.serializeAttachment(null);
          closeQuietly(socket, code, reason);
        },
        attach: (socket, saved) => socket.serializeAttachment(saved),
        save: (presence) => kv.put("presence", presence),
        heardMs: (socket) => this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0,
        report: (error) => logError("room-log-failed", { room: this.ctx.id.name }, error),
        noteClosing: (closing) =>
          logInfo({ event: "room-closed", ok: false, room: this.ctx.id.name, ...closing }),
        makeBucket: floodBucket,
        makeLife: () => nextLife(kv),
        deliver: (call) => this.ctx.waitUntil(this.#deliver(call)),
      },
      keptSettings(kv),
      Date.now(),
      { presence: kv.get<SavedPresence>("presence"), sockets },
    );
    return this.#room;
  }
}
