import { parseArgs } from "node:util";
import { playSequence } from "../test/limits/sequence.ts";

/** What can be played: each takes a seed and throws when the code and its model disagree. */
const GAMES: Readonly<Record<string, (seed: number) => unknown>> = { limits: playSequence };

/**
 * `npm run simulate -- limits`: a million random sequences against a model. `--seed` and `--runs` say which; what fails
 * names its seed, and `--seed <it> --runs 1` plays it again.
 */
function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: "string", default: "1000000" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    },
  });
  const [name = ""] = positionals;
  const play = GAMES[name];
  const [runs, seed] = [Number(values.runs), Number(values.seed)];
  if (play === undefined || !Number.isSafeInteger(runs) || !Number.isSafeInteger(seed)) {
    console.error(`Usage: npm run simulate -- ${Object.keys(GAMES).join("|")} [--runs N] [--seed N]`);
    return 1;
  }
  console.log(`${name}: ${runs} sequences from seed ${seed}`);
  const beganMs = performance.now();
  for (let run = 0; run < runs; run += 1) {
    play(seed + run);
    if ((run + 1) % 100_000 === 0) console.log(`  ${run + 1} agree`);
  }
  console.log(`All agree (${((performance.now() - beganMs) / 1000).toFixed(0)} s)`);
  return 0;
}

process.exitCode = main();
