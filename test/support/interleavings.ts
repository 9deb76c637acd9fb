/** Chooses one of `count` ways to go on, as an index. */
export type Pick = (count: number) => number;

/**
 * Runs a scenario once for every sequence of choices it can be given: all interleavings of what it lets `pick`
 * decide.
 *
 * @returns How many there were.
 */
export async function everyInterleaving(scenario: (pick: Pick) => Promise<void>): Promise<number> {
  let path: number[] = [];
  for (let runs = 1; ; runs += 1) {
    const taken: { choice: number; count: number }[] = [];
    const fixed = path;
    await scenario((count) => {
      const choice = fixed[taken.length] ?? 0;
      taken.push({ choice, count });
      return choice;
    });
    while (taken.length > 0 && taken.at(-1)?.choice === (taken.at(-1)?.count ?? 0) - 1) taken.pop();
    const last = taken.pop();
    if (last === undefined) return runs;
    path = [...taken.map(({ choice }) => choice), last.choice + 1];
  }
}

/** Runs `events` in an order that `pick` chooses, with or without a pause after each, as it chooses too. */
export async function inAnyOrder(pick: Pick, events: readonly (() => void)[]): Promise<void> {
  const left = [...events];
  while (left.length > 0) {
    const [event] = left.splice(left.length > 1 ? pick(left.length) : 0, 1);
    event?.();
    if (pick(2) === 1) await Promise.resolve();
  }
}
