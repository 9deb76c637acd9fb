/** Dice that fall the same way for the same seed. */
export interface Dice {
  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number;
  /** Whether something happens that happens once in `count` times. */
  oneIn(count: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** Dice from a small generator (SplitMix32, after Steele, Lea and Flood, "Fast splittable pseudorandom number generators"). */
export function seededDice(seed: number): Dice {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    between,
    oneIn: (count) => between(1, count) === 1,
    // The index is in range.
    pick: <T>(list: readonly [T, ...T[]]) => list[between(0, list.length - 1)] as T,
  };
}
