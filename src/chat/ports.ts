import type { Closing } from "./closings.ts";
import type { MakeBucket } from "./flood.ts";
import type { DownCall } from "./link.ts";
import type { Log } from "./log.ts";
import type { SavedPresence } from "./presence.ts";
import type { SavedSession } from "./saved-session.ts";

/** What a room needs of the world. `S` is a socket, whatever that is; the room only hands it back. */
export interface RoomPorts<S> {
  readonly log: Log;
  /** Must not leave before everything is durable that was appended to the log until now. */
  send(this: void, socket: S, text: string): void;
  close(this: void, socket: S, code: number, reason: string): void;
  /** Keeps with a socket what is known of it, for as long as it is open. */
  attach(this: void, socket: S, saved: SavedSession): void;
  /** Keeps what is known of who is here, besides what sockets carry. */
  save(this: void, presence: SavedPresence): void;
  /** When the last heartbeat of a socket was answered without the room; 0 for never. */
  heardMs(this: void, socket: S): number;
  /** Is told of what the log and `save` throw; whoever wanted to say something is told that it did not work. */
  report(this: void, error: unknown): void;
  /** Is told of who was refused or sent away, and why; of some of them, where they are many. */
  noteClosing(this: void, closing: Closing): void;
  readonly makeBucket: MakeBucket;
  /** A number that is larger each time, after a restart as well. */
  makeLife(this: void): number;
  /** Calls a relay; how that ends, the room is told by `delivered`. Must not leave before what was appended is durable. */
  deliver(this: void, call: DownCall): void;
}

/** What is left of a room that was put out of memory while its sockets stayed open. */
export interface SavedRoom<S> {
  readonly presence?: SavedPresence | undefined;
  readonly sockets: readonly (readonly [socket: S, saved: SavedSession])[];
}
