/** How fast somebody may be: `burst` at once, and then `perSecond`. */
export interface FloodRate {
  readonly burst: number;
  readonly perSecond: number;
}

/** What a room goes by. Every number can be set in the configuration; what is not, is as here. */
export interface RoomSettings {
  /** What of the log is kept: no more messages than this, and none older. */
  readonly retention: { readonly messages: number; readonly ageMs: number };
  readonly limits: {
    readonly textCodePoints: number;
    readonly textBytes: number;
    readonly frameBytes: number;
    /** Sockets in the room. The platform carries 32,768 an object. */
    readonly sockets: number;
    /** Sockets of one user; with one more, the oldest is closed. */
    readonly socketsPerUser: number;
  };
  /** `off` where whoever calls is trusted: for measurements. */
  readonly flood: FloodSettings | "off";
  /** What a client may owe in acknowledgements before it gets no more, and for how long. */
  readonly window: { readonly messages: number; readonly bytes: number; readonly patienceMs: number };
  /** From so many sockets of its own on, a room sends those who come to relays, of so many sockets each. `off` for never. */
  readonly split: { readonly sockets: number; readonly relaySockets: number } | "off";
  /** So many sockets are sent to in one turn; then others are heard, and the next have theirs. */
  readonly socketsPerTurn: number;
  /** How many messages a resume replays at most. */
  readonly replay: number;
  /** How long a client's id stands for the message it was first sent with. */
  readonly dedupeMs: number;
  /** Clients send `PING` this often; who is silent for `silentMs` is gone. */
  readonly heartbeatMs: number;
  readonly silentMs: number;
  /** Time to say hello in. */
  readonly helloMs: number;
  /** Who comes back within this time has not left. */
  readonly graceMs: number;
}

export interface FloodSettings {
  readonly connection: FloodRate;
  readonly address: FloodRate;
  /** So many refusals within this time close the connection. */
  readonly violations: number;
  readonly violationsMs: number;
}

/** What a room that splits goes by, where the configuration does not say. */
export const DEFAULT_SPLIT = { sockets: 5_000, relaySockets: 5_000 };

export const DEFAULT_SETTINGS: RoomSettings = {
  retention: { messages: 100_000, ageMs: 30 * 86_400_000 },
  limits: { textCodePoints: 2_000, textBytes: 4_096, frameBytes: 8_192, sockets: 20_000, socketsPerUser: 16 },
  flood: {
    connection: { burst: 10, perSecond: 1 },
    address: { burst: 30, perSecond: 3 },
    violations: 20,
    violationsMs: 60_000,
  },
  window: { messages: 256, bytes: 256 * 1024, patienceMs: 30_000 },
  split: "off",
  socketsPerTurn: 128,
  replay: 300,
  dedupeMs: 600_000,
  heartbeatMs: 25_000,
  silentMs: 75_000,
  helloMs: 10_000,
  graceMs: 10_000,
};
