import { setFlagsFromString } from "node:v8";
import { parseArgs } from "node:util";
import { runInNewContext } from "node:vm";
import { until } from "../test/e2e/product.ts";
import { fuzzProxy } from "../test/companion/proxy/fuzz/fuzz.ts";

/** Most exchanges wait for somebody's patience to end: many at a time are what keeps the machine busy. */
const AT_ONCE = 1_000;

/** What the heap may grow by between the first tenth and the last. */
const MOST_GROWTH_BYTES = 16_000_000;

/**
 * `npm run proxy:fuzz` sends mutated requests through the proxy to an origin that answers with mutated answers, and
 * fails when one is passed on that has two readings, when something stays open, or when memory grows. `--seeds` says how
 * many, `--seed` which is the first.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "100000" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    },
  });
  const [count, first] = [Number(values.seeds), Number(values.seed)];
  if (!(Number.isSafeInteger(count) && count >= 1 && Number.isSafeInteger(first))) {
    throw new RangeError(
      `Expected \`--seeds\` and \`--seed\` to be integers, got ${values.seeds} and ${values.seed}`,
    );
  }
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void; // what the flag just gave
  const heapBytes: number[] = [];
  const tenth = Math.ceil(count / 10);
  console.log(`${count} seeds from ${first}`);
  const { statuses, forwarded } = await fuzzProxy({ first, count, atOnce: AT_ONCE }, (played) => {
    if (played % tenth !== 0) return;
    collect();
    const { heapUsed, rss } = process.memoryUsage();
    heapBytes.push(heapUsed);
    console.log(`  ${played} are well, ${megabytes(heapUsed)} MB of heap, ${megabytes(rss)} MB in all`);
  });
  for (const [status, times] of statuses) console.log(`  ${status || "none"}: ${times}`);
  console.log(`  ${forwarded} reached the origin`);
  // Both ends were in this process, and the last may still be closing.
  await until(() => openSockets() === 0);
  collect();
  const after = process.memoryUsage();
  console.log(
    `  nothing is open; ${megabytes(after.heapUsed)} MB of heap, ${megabytes(after.rss)} MB in all`,
  );
  const grownBytes = (heapBytes.at(-1) ?? 0) - (heapBytes[0] ?? 0);
  if (grownBytes > MOST_GROWTH_BYTES) console.error(`The heap grew by ${megabytes(grownBytes)} MB`);
  return grownBytes <= MOST_GROWTH_BYTES ? 0 : 1;
}

const openSockets = () =>
  process.getActiveResourcesInfo().filter((kind) => kind.includes("TCPSocketWrap")).length;
const megabytes = (bytes = 0) => (bytes / 1e6).toFixed(1);

process.exitCode = await main();
