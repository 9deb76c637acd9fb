import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";
import { chatPlay } from "../test/faults/chat/play.ts";
import type { Play } from "../test/faults/find-failure.ts";
import { playCrawlSeeds } from "../test/faults/crawl/seeds.ts";
import { playSeeds } from "../test/faults/play-seeds.ts";
import { playBytes } from "../test/companion/telnet/byte-play.ts";
import { tasksPlay } from "../test/faults/tasks/play.ts";
import { playSequence } from "../test/limits/sequence.ts";

/** What is said while it goes on, and what failed, if something did. */
type Game = (
  first: number,
  seeds: number,
  onProgress: (seeds: number) => void,
) => string | undefined | Promise<string | undefined>;

const PLAYS_A_TURN = 100;

/** Plays seeds one after the other, each of which throws when it fails. */
const each =
  (play: (seed: number) => void): Game =>
  async (first, seeds, onProgress) => {
    for (let played = 1; played <= seeds; played += 1) {
      const seed = first + played - 1;
      try {
        play(seed);
      } catch (error) {
        return `Seed ${seed}: ${(error as Error).stack}`;
      }
      onProgress(played);
      // What a play has left to be done later is done.
      if (played % PLAYS_A_TURN === 0) await setImmediate();
    }
    return undefined;
  };

/** What can be played. What fails says its seed. */
const GAMES: Readonly<Record<string, { readonly play: Game; readonly seeds: number }>> = {
  limits: {
    seeds: 1_000_000,
    play: each(playSequence),
  },
  telnet: { seeds: 100_000, play: each(playBytes) },
  chat: { seeds: 100_000, play: gameOf(chatPlay()) },
  tasks: { seeds: 100_000, play: gameOf(tasksPlay()) },
  crawl: { seeds: 20_000, play: playCrawlSeeds },
};

function gameOf<P>(play: Play<P>): Game {
  return async (first, seeds, onProgress) => {
    const { failure, sights } = await playSeeds(play, { first, count: seeds }, onProgress);
    if (failure !== undefined) return failure.report;
    for (const [what, times] of sights) console.log(`  met ${what} ${times} times`);
    return undefined;
  };
}

/**
 * `npm run simulate -- limits` plays random sequences to the limiter and to a model; `npm run simulate -- chat` plays a
 * room and its clients in a world where everything fails, `tasks` a shard and its workers, `crawl` a crawl;
 * `npm run simulate -- telnet` sends bytes to a terminal. `--seeds` says how many, `--seed` which is the first: what
 * fails names its seed, and `--seed <it> --seeds 1` plays it again.
 */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: "string" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    },
  });
  const [name = ""] = positionals;
  const game = Object.hasOwn(GAMES, name) ? GAMES[name] : undefined;
  const [seeds, first] = [Number(values.seeds ?? game?.seeds), Number(values.seed)];
  if (game === undefined || !Number.isSafeInteger(seeds) || !Number.isSafeInteger(first)) {
    console.error(`Usage: npm run simulate -- ${Object.keys(GAMES).join("|")} [--seeds N] [--seed N]`);
    return 1;
  }
  console.log(`${name}: ${seeds} seeds from ${first}`);
  const beganMs = performance.now();
  const perSecond = (played: number) => Math.round((played * 1000) / (performance.now() - beganMs));
  const failure = await game.play(first, seeds, (played) => {
    if (played % Math.ceil(seeds / 10) === 0) console.log(`  ${played} are well (${perSecond(played)}/s)`);
  });
  if (failure === undefined) return 0;
  console.error(failure);
  return 1;
}

process.exitCode = await main();
