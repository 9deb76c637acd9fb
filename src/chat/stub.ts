import type { HistoryPage, HistoryQuery } from "./history.ts";
import type { RoomSettings } from "./settings.ts";
import type { Member } from "./wire.ts";

/** A room, wherever it is. Everything may fail, as calls to elsewhere do. */
export interface RoomStub {
  /** Connects a WebSocket: what it answers, who wants to connect gets. */
  connect(address: string | undefined): Promise<Response>;
  history(query: HistoryQuery): Promise<HistoryPage>;
  members(): Promise<{ readonly members: readonly Member[]; readonly count: number }>;
  /** Notes that a ticket is used, and says whether this was the first time. */
  useTicket(id: string, expiresMs: number): Promise<boolean>;
}

/** What a room is told of who connects, in the header field of this name, as JSON. */
export const CONNECT_HEADER = "Manifold-Connect";

/** Of whom nobody outside can reach: the Worker says what a room goes by. */
export interface ConnectMessage {
  readonly settings: RoomSettings;
  readonly address?: string | undefined;
}
