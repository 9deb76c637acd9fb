import { sleep, type VirtualClock } from "#kernel";
import type { Dice } from "../../support/random.ts";

/** What goes wrong, and how often. */
export interface Faults {
  /** Waits as long as a call to elsewhere takes. */
  travel(): Promise<void>;
  /** A call to elsewhere: it may fail before or after it did something. @param isDear Whether a lost answer is a death. */
  call<T>(act: () => T | Promise<T>, isDear?: boolean): Promise<T>;
  /** Whether somebody dies right here; there are so many deaths in a play. */
  kills(): boolean;
  hasDeaths(): boolean;
  readonly dice: Dice;
  /** How often what happened. */
  readonly sights: Map<string, number>;
  saw(this: void, what: string): void;
}

/** Makes them. @param deaths How many may die. @param isCalm Nothing goes wrong at all. */
export function makeFaults(clock: VirtualClock, dice: Dice, deaths: number, isCalm: boolean): Faults {
  const sights = new Map<string, number>();
  let left = deaths;
  const saw = (what: string) => void sights.set(what, (sights.get(what) ?? 0) + 1);
  const oneIn = (count: number) => !isCalm && dice.oneIn(count);
  const kills = () => {
    if (left === 0 || !oneIn(25)) return false;
    left -= 1;
    saw("a death");
    return true;
  };
  const travel = async () => await sleep(isCalm ? 1 : dice.between(0, 20), undefined, clock);
  return {
    dice: { ...dice, oneIn },
    sights,
    saw,
    kills,
    hasDeaths: () => left > 0 && !isCalm,
    travel,
    async call(act, isDear = false) {
      await travel();
      if (oneIn(20)) {
        saw("a call that failed");
        throw new Error("The call failed");
      }
      const result = await act();
      await travel();
      if (isDear ? kills() : oneIn(20)) {
        saw("an answer that was lost");
        throw new Error("The answer was lost");
      }
      return result;
    },
  };
}
