/** What went wrong between a room and some of its clients. */
interface Faults {
  /** Deliveries that did not come. */
  readonly lost: number;
  /** Deliveries that came again. */
  readonly duplicated: number;
  /** Deliveries in another order than others had, and messages that overtook an earlier one of the same sender. */
  readonly reordered: number;
}

/** Who got which message, and in which order. */
export interface Ledger {
  /**
   * Notes that a client got a message.
   *
   * @param message Its number, as it was sent: 0, 1, 2, …
   * @returns Whether it came for the first time.
   */
  deliver(client: number, message: number): boolean;
  has(client: number, message: number): boolean;
  /** How far a client is in the room's order: the number of messages up to the last one it got. */
  placeOf(client: number): number;
  /** How many of the clients have not got a message. */
  missesOf(message: number, clients: readonly number[]): number;
  /** @param sent How many messages all of these clients have to have. */
  faultsOf(clients: readonly number[], sent: number): Faults;
}

const UNSEEN = -1;

/**
 * Keeps book of deliveries. A message's rank is given when the first of all clients gets it: in a room with one order,
 * whoever is ahead of the others decides it, and each client has to see the ranks 0, 1, 2, …
 *
 * @param senderOf Who sent a message.
 */
export function createLedger(
  clients: number,
  messages: number,
  senderOf: (message: number) => number,
): Ledger {
  const ranks = new Int32Array(messages).fill(UNSEEN);
  const places = new Int32Array(clients);
  const missing = new Map<number, Set<number>>();
  const duplicated = new Int32Array(clients);
  const reordered = new Int32Array(clients);
  const lastOf = new Map<number, number>();
  let ranked = 0;
  let overtaken = 0;

  const rank = (message: number) => {
    const sender = senderOf(message);
    const last = lastOf.get(sender) ?? UNSEEN;
    if (message < last) overtaken += 1;
    else lastOf.set(sender, message);
    ranks[message] = ranked;
    return ranked++;
  };
  const missingOf = (client: number) => {
    const known = missing.get(client) ?? new Set<number>();
    missing.set(client, known);
    return known;
  };
  const has = (client: number, message: number) => {
    const at = ranks[message] ?? UNSEEN;
    return at !== UNSEEN && at < (places[client] ?? 0) && missing.get(client)?.has(at) !== true;
  };

  return {
    deliver(client, message) {
      const seen = ranks[message];
      if (seen === undefined) throw new RangeError(`Expected a message below ${messages}, got ${message}`);
      const at = seen === UNSEEN ? rank(message) : seen;
      const place = places[client] ?? 0;
      if (at === place) {
        places[client] = place + 1;
        return true;
      }
      if (at > place) {
        const gap = missingOf(client);
        for (let between = place; between < at; between += 1) gap.add(between);
        places[client] = at + 1;
        return true;
      }
      const isLate = missing.get(client)?.delete(at) === true;
      const counts = isLate ? reordered : duplicated;
      counts[client] = (counts[client] ?? 0) + 1;
      return isLate;
    },
    has,
    placeOf: (client) => places[client] ?? 0,
    missesOf: (message, among) => among.reduce((sum, client) => sum + (has(client, message) ? 0 : 1), 0),
    faultsOf(among, sent) {
      const sumOf = (count: (client: number) => number) =>
        among.reduce((sum, client) => sum + count(client), 0);
      return {
        lost: sumOf((client) => sent - (places[client] ?? 0) + (missing.get(client)?.size ?? 0)),
        duplicated: sumOf((client) => duplicated[client] ?? 0),
        reordered: overtaken + sumOf((client) => reordered[client] ?? 0),
      };
    },
  };
}
