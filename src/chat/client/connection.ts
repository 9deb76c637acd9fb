import { delayMs, type Loss } from "./reconnect.ts";

/** How long a socket may take to open, the way to its address included; and the room to answer `hello`. */
const OPEN_MS = 15_000;
const WELCOME_MS = 10_000;

/** How long a heartbeat may take to be answered where there is reason to doubt that somebody is there. */
const PROBE_MS = 10_000;

/** After how long a connection counts as a good one, so that the next loss is the first again. */
const GOOD_MS = 10_000;

/** How a client stands. Times are of the clock that the client was given. */
export type ClientState =
  | { readonly name: "offline" }
  | { readonly name: "connecting" }
  /** The socket is open, and the room has not answered yet. */
  | { readonly name: "greeting" }
  | { readonly name: "live" }
  /** Connects again at a time. */
  | { readonly name: "waiting"; readonly untilMs: number }
  /** Does not come back: it left, or the room closed with this code. */
  | { readonly name: "ended"; readonly code: number; readonly reason: string };

/** What is due. */
type Due = "connect" | "ping" | "lost" | undefined;

/** The life of a client's connections, one at a time. Sockets are told apart by number; only the last one counts. */
export interface Connection {
  readonly state: ClientState;
  readonly socket: number;
  /** When {@link tick} has something to say. */
  readonly dueMs: number;
  /** Begins the next attempt. @returns Its number. */
  connect(now: number): number;
  opened(now: number): void;
  /** The room said something. */
  heard(now: number): void;
  welcomed(now: number, heartbeatMs: number): void;
  lost(now: number, loss: Loss): void;
  tick(now: number): Due;
  /** The network is said to be back: what is due for that. */
  hurry(now: number): Due;
}

/** @param random From 0 to 1, anew each time. */
export function createConnection(random: () => number): Connection {
  let state: ClientState = { name: "offline" };
  let socket = 0;
  let failures = 0;
  let deadlineMs = Infinity;
  let pingMs = Infinity;
  let silenceMs = Infinity;
  let goodMs = Infinity;
  /** Until when the room wants no attempt. */
  let unwantedMs = -Infinity;

  /** Heartbeats of many clients drift apart: ± 20 %. */
  const nextPing = (now: number) => now + Math.round((silenceMs / 3) * (0.8 + random() * 0.4));

  return {
    get state() {
      return state;
    },
    get socket() {
      return socket;
    },
    get dueMs() {
      return state.name === "waiting" ? state.untilMs : Math.min(deadlineMs, pingMs);
    },
    connect(now) {
      state = { name: "connecting" };
      deadlineMs = now + OPEN_MS;
      socket += 1;
      return socket;
    },
    opened(now) {
      state = { name: "greeting" };
      deadlineMs = now + WELCOME_MS;
    },
    heard(now) {
      if (state.name === "live") deadlineMs = now + silenceMs;
    },
    welcomed(now, heartbeatMs) {
      state = { name: "live" };
      silenceMs = 3 * heartbeatMs;
      deadlineMs = now + silenceMs;
      pingMs = nextPing(now);
      goodMs = now + GOOD_MS;
    },
    lost(now, loss) {
      if (state.name === "ended") return;
      if (now >= goodMs) failures = 0;
      [deadlineMs, pingMs, goodMs] = [Infinity, Infinity, Infinity];
      if (loss.kind === "final") {
        state = { name: "ended", code: loss.code, reason: loss.reason };
        return;
      }
      state = { name: "waiting", untilMs: now + delayMs(loss, failures, random()) };
      unwantedMs = loss.kind === "network" ? -Infinity : now + loss.afterMs;
      failures += 1;
    },
    tick(now) {
      if (state.name === "waiting") return now >= state.untilMs ? "connect" : undefined;
      if (now >= deadlineMs) return "lost";
      if (now < pingMs) return undefined;
      pingMs = nextPing(now);
      return "ping";
    },
    hurry(now) {
      if (state.name === "waiting") return now >= unwantedMs ? "connect" : undefined;
      if (state.name !== "live") return undefined;
      // Of a laptop that slept, or is on another network now, the socket may be dead, and nobody has said so.
      deadlineMs = Math.min(deadlineMs, now + PROBE_MS);
      return "ping";
    },
  };
}
