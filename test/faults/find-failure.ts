/** How often a play met something that it is about: a play that meets nothing proves nothing. */
export type Sights = ReadonlyMap<string, number>;

/** A play with a plan: a list of what goes wrong, and when. */
export interface Play<P> {
  /** What a seed makes of a plan. */
  plan(seed: number): readonly P[];
  /**
   * Plays a plan.
   *
   * @param isTold Whether its story is to be written down.
   * @returns What it met. @throws {BrokenInvariant} With the story.
   */
  run(seed: number, plan: readonly P[], isTold: boolean): Sights | Promise<Sights>;
  /** A step of the plan in words. */
  describe(step: P): string;
}

/** Something that must always be true is not. */
export class BrokenInvariant extends Error {
  override readonly name = "BrokenInvariant";
  story: readonly string[] = [];
}

/** What was found. */
export interface Failure {
  readonly seed: number;
  readonly message: string;
  /** The seed, what is left of its plan when everything is taken out that the failure does not need, and the story. */
  readonly report: string;
}

/** Lines of a story that are shown. */
const MOST_LINES = 120;

/** Plays one seed. @returns What it met; or what went wrong, with as few faults as it takes. */
export async function playSeed<P>(play: Play<P>, seed: number): Promise<Failure | Sights> {
  const plan = play.plan(seed);
  const failure = await tryPlan(play, seed, plan);
  if (!("message" in failure)) return failure;
  const least = await shrink(play, seed, plan);
  const again = await tryPlan(play, seed, least, true);
  const { message, story } = "message" in again ? again : failure;
  const steps = least.map((step) => `  ${play.describe(step)}`).join("\n");
  const left = story.length > MOST_LINES ? `  … ${story.length - MOST_LINES} lines before\n` : "";
  const report = `Seed ${seed}: ${message}\nPlan (${least.length} of ${plan.length} steps):\n${steps}\nStory:\n${left}${story.slice(-MOST_LINES).join("\n")}`;
  return { seed, message, report };
}

async function tryPlan<P>(
  play: Play<P>,
  seed: number,
  plan: readonly P[],
  isTold = false,
): Promise<Sights | { readonly message: string; readonly story: readonly string[] }> {
  try {
    return await play.run(seed, plan, isTold);
  } catch (error) {
    if (error instanceof BrokenInvariant) return error;
    // The code under test threw: that breaks one, too.
    return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), story: [] };
  }
}

/** Takes out steps, many at once and then one by one, for as long as what is left fails. */
async function shrink<P>(play: Play<P>, seed: number, plan: readonly P[]): Promise<readonly P[]> {
  let least = plan;
  for (let size = Math.ceil(plan.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < least.length;) {
      const fewer = [...least.slice(0, from), ...least.slice(from + size)];
      if ("message" in (await tryPlan(play, seed, fewer))) least = fewer;
      else from += size;
    }
  }
  return least;
}
