import type { HistoryPage, HistoryQuery } from "./history.ts";
import type { RoomSettings } from "./settings.ts";
import type { Member } from "./wire.ts";

/** A room, wherever it is. Everything may fail, as calls to elsewhere do. */
export interface RoomStub {
  /** Connects a WebSocket: what it answers, who wants to connect gets. */
  connect(address: string | undefined): Promise<Response>;
  history(query: HistoryQuery): Promise<HistoryPage>;
  members(): Promise<{ readonly members: readonly Member[]; readonly count: number }>;
  /** Sends a user away, from every socket. @returns Whether there was one. */
  kick(uid: string): Promise<boolean>;
  /** Notes that a ticket is used, and says whether this was the first time. */
  useTicket(id: string, expiresMs: number): Promise<boolean>;
}

/** What a room is told of who connects, in the header field of this name, as JSON. */
export const CONNECT_HEADER = "Manifold-Connect";

/** Where a room sends who is to connect to a relay: its number, in the header field of this name. */
export const RELAY_HEADER = "Manifold-Relay";

/** What a relay's object is called. No room has a `#` in its name. */
export function relayName(room: string, relay: number): string {
  return `${room}#${relay}`;
}

/** The other way round. */
export function nameOfRelay(name: string): { readonly room: string; readonly relay: number } {
  const [room = "", relay = ""] = name.split("#");
  return { room, relay: Number(relay) };
}

/** Of whom nobody outside can reach: the Worker says what a room goes by. */
export interface ConnectMessage {
  readonly settings: RoomSettings;
  readonly address?: string | undefined;
}
