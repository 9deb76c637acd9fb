import type { World } from "./world.ts";

/** One end of a link: what it hears. */
export interface LinkEnd {
  received(data: string): void;
  /** Once. */
  closed(code: number, reason: string): void;
}

/** What an end is told that lost the other without a word. */
export const LOST = 1006;

/** How slow a link is: between these for each frame. */
export interface Latency {
  readonly leastMs: number;
  readonly mostMs: number;
  /** Whether frames arrive in the order in which they left, as they do. */
  readonly ordered?: boolean;
}

/**
 * A connection over a virtual network: frames arrive in order and late, or the connection is lost and with it whatever
 * is under way. An end may hear of the loss late, or never.
 */
export interface Link {
  readonly isOpen: boolean;
  /** Bytes that end B sent and end A has not read. */
  readonly unread: number;
  /** Sends to the other end. What is sent over a link that is no more is lost. */
  sendFromA(data: string): void;
  sendFromB(data: string): void;
  closeFromA(code: number, reason: string): void;
  closeFromB(code: number, reason: string): void;
  /** Loses the connection; each end hears of it after a time, `Infinity` for never. */
  cut(aHearsMs: number, bHearsMs: number): void;
  /** End A reads no more, or again. */
  read(isReading: boolean): void;
}

/** Connects two ends. */
export function createLink(world: World, a: LinkEnd, b: LinkEnd, latency: Latency): Link {
  const { leastMs, mostMs, ordered = true } = latency;
  let isCut = false;
  let isReading = true;
  let backlog: (() => void)[] = [];
  let unread = 0;
  const toA = createWay(a);
  const toB = createWay(b);

  function createWay(end: LinkEnd) {
    let lastMs = 0;
    let isClosed = false;
    const underWay: (() => void)[] = [];
    const close = (code: number, reason: string) => {
      if (isClosed) return;
      isClosed = true;
      end.closed(code, reason);
    };
    return {
      close,
      get isClosed() {
        return isClosed;
      },
      /** Its owner has closed it, and hears no more. */
      shut: () => void (isClosed = true),
      carry(run: () => void) {
        const arrivesMs = world.now() + world.dice.between(leastMs, mostMs);
        lastMs = ordered ? Math.max(lastMs, arrivesMs) : arrivesMs;
        underWay.push(run);
        // Turns of one instant come in any order; frames do not.
        const arrive = ordered ? () => underWay.shift()?.() : run;
        world.after(lastMs - world.now(), () => {
          if (!isCut && !isClosed) arrive();
        });
      },
    };
  }

  const arriveAtA = (run: () => void) => {
    if (isReading) run();
    else backlog.push(run);
  };

  return {
    get isOpen() {
      return !isCut && !toA.isClosed && !toB.isClosed;
    },
    get unread() {
      return unread;
    },
    sendFromA: (data) => toB.carry(() => b.received(data)),
    sendFromB(data) {
      unread += data.length;
      toA.carry(() =>
        arriveAtA(() => {
          unread -= data.length;
          if (!toA.isClosed) a.received(data);
        }),
      );
    },
    closeFromA(code, reason) {
      toA.shut();
      toB.carry(() => b.closed(code, reason));
    },
    closeFromB(code, reason) {
      toB.shut();
      toA.carry(() => arriveAtA(() => toA.close(code, reason)));
    },
    cut(aHearsMs, bHearsMs) {
      isCut = true;
      backlog = [];
      world.after(aHearsMs, () => toA.close(LOST, ""));
      world.after(bHearsMs, () => toB.close(LOST, ""));
    },
    read(reads) {
      isReading = reads;
      while (isReading) {
        const next = backlog.shift();
        if (next === undefined) return;
        next();
      }
    },
  };
}
