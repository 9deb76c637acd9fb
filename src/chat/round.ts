/** Goes round those who are to be sent something, a few in each turn, so that nobody waits until all have had it. */
export interface Round<S> {
  /** There is something new for everyone. */
  again(): void;
  /** Whether somebody may not have had what is new. */
  isOpen(): boolean;
  /**
   * Those whose turn is next, for as long as they are asked for. Who comes meanwhile has their turn, who is gone has
   * none.
   */
  next(): Iterable<S>;
}

/** @param all Gives all there are, in an order that stays, and goes on while some come and go, as a `Map`'s values do. */
export function createRound<S>(all: () => Iterator<S>): Round<S> {
  let isAgain = false;
  let going: Iterator<S> | undefined;
  return {
    again: () => void (isAgain = true),
    isOpen: () => isAgain || going !== undefined,
    *next() {
      if (going === undefined && isAgain) {
        isAgain = false;
        going = all();
      }
      for (let one = going?.next(); one?.done === false; one = going?.next()) yield one.value;
      going = undefined;
    },
  };
}
