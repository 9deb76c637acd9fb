import { mkdir, readdir, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { Bench, BenchCase } from "./harness/bench.ts";
import { toSvg } from "./harness/chart.ts";
import { runBench } from "./harness/run-bench.ts";
import { toMarkdown } from "./harness/table.ts";

/**
 * `npm run bench -- [name …] [--rounds N] [--quick] [--case text]`: measures, prints, and writes `bench/results`; with
 * `--case`, only the cases whose name has the text in it, and writes nothing.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: "string" },
      quick: { type: "boolean", default: false },
      case: { type: "string", default: "" },
    },
  });
  const { quick: isQuick, case: caseText } = values;
  const rounds = Number(values.rounds ?? (isQuick ? 2 : 5));
  if (!(Number.isSafeInteger(rounds) && rounds >= 1)) {
    throw new RangeError(`Expected \`--rounds\` to be an integer ≥ 1, got ${values.rounds}`);
  }
  const known = await findBenches();
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new RangeError(`Expected benches among ${known.join(", ")}, got ${unknown.join(", ")}`);
  }
  // A contender that is still running would be left behind: ending by `exit` ends it.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

  for (const name of positionals.length === 0 ? known : positionals) {
    const bench = await loadBench(name);
    const cases = bench.cases.filter((one) => one.name.includes(caseText));
    if (cases.length === 0) {
      const names = bench.cases.map((one) => one.name).join("; ");
      throw new RangeError(`Expected \`--case\` to be in the name of a case (${names}), got ${caseText}`);
    }
    const result = await runBench(
      { ...bench, cases },
      {
        rounds,
        isQuick,
        log: (line) => console.error(`${name}: ${line}`),
      },
    );
    console.log(`\n# ${name}\n\n${toMarkdown(result)}\n`);
    // A glance is no result to keep.
    if (isQuick || caseText !== "") continue;
    await mkdir(new URL("results/", import.meta.url), { recursive: true });
    const write = async (ending: string, text: string) =>
      await writeFile(new URL(`results/${name}.${ending}`, import.meta.url), text);
    await write("json", `${JSON.stringify(result, undefined, 2)}\n`);
    await write("md", `# ${name}\n\n${toMarkdown(result)}\n`);
    await write("svg", toSvg(result));
  }
}

const ENDING = ".bench.ts";

async function findBenches(): Promise<readonly string[]> {
  const files = await readdir(new URL(".", import.meta.url));
  return files.filter((file) => file.endsWith(ENDING)).map((file) => file.slice(0, -ENDING.length));
}

async function loadBench(name: string): Promise<Bench<AsyncDisposable, BenchCase>> {
  // What a bench file exports by contract.
  const { bench } = (await import(`./${name}${ENDING}`)) as { bench: Bench<AsyncDisposable, BenchCase> };
  return bench;
}

await main();
