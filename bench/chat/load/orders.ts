import type { DialectName } from "./dialect.ts";

/** What a generator can be told to do, one after the other: each with what it takes and what it reports. */
export interface Orders {
  /** A new room with nobody in it; connect clients, and wait until all are in. */
  join: {
    readonly order: {
      readonly url: string;
      readonly dialect: DialectName;
      readonly room: string;
      readonly clients: number;
      /** At an even pace, whatever comes of it, or so many at a time as are not in yet. */
      readonly pace: { readonly overMs: number } | { readonly atOnce: number };
      /** How many messages there will be at most. */
      readonly messages: number;
    };
    readonly report: Arrival;
  };
  /** Send messages into the room at a fixed rate, each client in its turn, and wait until everybody has them. */
  talk: {
    readonly order: { readonly perSecond: number; readonly messages: number };
    readonly report: Talk;
  };
  /** Let the first clients read no more, nor send. */
  pause: { readonly order: { readonly clients: number }; readonly report: Done };
  /** Break the connections of the first clients off. */
  drop: { readonly order: { readonly clients: number }; readonly report: Done };
  /** Connect all who have no connection, again and again until they are in and have what they missed. */
  resume: { readonly order: { readonly overMs: number }; readonly report: Resumption };
}

export type OrderKind = keyof Orders;

/** An order on its way to the generator. */
export type Order = {
  readonly [Kind in OrderKind]: { readonly kind: Kind } & Orders[Kind]["order"];
}[OrderKind];

/** How clients came in: latencies count from when each was due to connect, or did. */
export interface Arrival {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Who did not get in. */
  readonly failed: number;
  /** What the first of them heard. */
  readonly fault?: string;
}

/** How messages arrived: latencies count from when each was due to be sent; one that never came counts as long as it was waited for. */
export interface Talk {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly sent: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  /** How busy the generator was while it sent, from 0 to 1: near 1, it measured itself. */
  readonly busy: number;
  /** How late it was to send, in its worst hundredth. */
  readonly lateP99Ms: number;
  readonly fault?: string;
}

/** How clients came back. */
export interface Resumption {
  /** From the order until the last one had all that it missed. */
  readonly tookMs: number;
  readonly failed: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly fault?: string;
}

export type Done = Readonly<Record<string, never>>;
