import { readdir, readFile, writeFile } from "node:fs/promises";
import type { Result } from "./harness/result.ts";
import { toMarkdown } from "./harness/table.ts";

const INTRODUCTION = `# Performance

Measured by \`npm run bench\`, written by \`node bench/report.ts\`: do not edit. Every number is of one machine, given
under its table; run it on yours. Each contender does the same work in one process, and its answers are checked: one
that answers wrongly is not timed. Rounds are interleaved (A B C A B C …), ratios are taken round by round.

**Nothing here ran on Cloudflare's network.** The Workers run on workerd itself, without the proxies that Miniflare and
\`wrangler dev\` put before it. The load and the upstream share the machine with those who are measured.
`;

/** Writes \`docs/performance.md\` from all results. */
async function main(): Promise<void> {
  const results = new URL("results/", import.meta.url);
  const files = (await readdir(results)).filter((file) => file.endsWith(".json"));
  const sections: string[] = [];
  for (const file of files.toSorted()) {
    // Written by `bench/run.ts`.
    const result = JSON.parse(await readFile(new URL(file, results), "utf8")) as Result;
    const picture = `../bench/results/${result.name}.svg`;
    sections.push(`## ${result.name}\n\n![${result.name}](${picture})\n\n${toMarkdown(result)}\n`);
  }
  await writeFile(new URL("../docs/performance.md", import.meta.url), [INTRODUCTION, ...sections].join("\n"));
}

await main();
