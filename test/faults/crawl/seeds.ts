import { playCrawl } from "./play.ts";
import { Broken, type Ending, type Mutation, type PlayOptions } from "./play-options.ts";

/** Deaths that no URL's batch is lost by so often that it is given up. */
const FEW = 2;
const MANY = 30;

/**
 * Plays a seed in the calm, and then in a world in which things go wrong: to the end, to a cap, or with many deaths.
 *
 * @returns What was met. @throws {Error} With what is broken.
 */
async function playCrawlSeed(seed: number, mutation?: Mutation): Promise<Ending["sights"]> {
  const calm = await playCrawl(seed, { isCalm: true, deaths: 0 });
  const { known, pages, redirects, failed, keptOut } = calm.state.counts;
  if (pages + redirects + keptOut !== known || failed > 0) throw new Broken("Not all is found in the calm");
  const way = WAYS[seed % WAYS.length] ?? toTheEnd;
  return await way(seed, calm, mutation === undefined ? {} : { mutation });
}

type Way = (seed: number, calm: Ending, options: Pick<PlayOptions, "mutation">) => Promise<Ending["sights"]>;

const toTheEnd: Way = async (seed, calm, options) => {
  const { state, pages, sights } = await playCrawl(seed, { ...options, deaths: FEW });
  if (state.phase !== "all-done") throw new Broken(`It ends as ${state.phase}`);
  expectSame(calm.pages, pages);
  return sights;
};

const toACap: Way = async (seed, calm, options) => {
  const maxPages = 1 + (seed % calm.pages.length);
  const { state, sights } = await playCrawl(seed, { ...options, deaths: FEW, maxPages });
  const { pages } = state.counts;
  if (pages !== maxPages) throw new Broken(`${pages} pages are fetched, and not ${maxPages}`);
  return sights;
};

const withManyDeaths: Way = async (seed, calm, options) => {
  const { state, pages, sights } = await playCrawl(seed, { ...options, deaths: MANY });
  const { counts } = state;
  const accounted = counts.pages + counts.redirects + counts.failed + counts.keptOut;
  if (accounted !== counts.known)
    throw new Broken(`${counts.known} are known, and ${accounted} accounted for`);
  if (counts.failed === 0) expectSame(calm.pages, pages);
  return sights;
};

const WAYS = [toTheEnd, toACap, withManyDeaths];

function expectSame(expected: readonly string[], found: readonly string[]): void {
  const missing = expected.filter((page) => !found.includes(page));
  const more = found.filter((page) => !expected.includes(page));
  if (missing.length + more.length > 0) {
    throw new Broken(`Missing: ${missing.join(", ")}; too many: ${more.join(", ")}`);
  }
}

/** Plays seeds until one fails. @returns What is broken, with its seed; `undefined` when all are well. */
export async function playCrawlSeeds(
  first: number,
  count: number,
  onProgress: (seeds: number, sights: ReadonlyMap<string, number>) => void = () => undefined,
  mutation?: Mutation,
): Promise<string | undefined> {
  for (let seeds = 1; seeds <= count; seeds += 1) {
    const seed = first + seeds - 1;
    try {
      onProgress(seeds, await playCrawlSeed(seed, mutation));
    } catch (error) {
      return `Seed ${seed}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return undefined;
}
