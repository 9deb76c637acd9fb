import { readdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { type BuildOptions, build, context } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** How to build. */
interface ConsoleOptions {
  /** Builds again whenever a source changes, until disposed of. */
  readonly watch?: boolean;
  /** Small rather than readable; watching defaults to readable. */
  readonly minify?: boolean;
  /** Where the page goes. What is there and is not of it is removed. */
  readonly outDir?: string;
}

/** Builds the web page from `console/` into `public/`, ready to be served as static files. */
export async function buildConsole({
  watch = false,
  minify = !watch,
  outDir = join(ROOT, "public"),
}: ConsoleOptions = {}): Promise<AsyncDisposable> {
  const options = esbuildOptions(outDir, { minify, sourcemap: watch });
  if (!watch) {
    const { metafile } = await build({ ...options, metafile: true });
    await removeOthers(outDir, Object.keys(metafile.outputs));
    return { [Symbol.asyncDispose]: async () => {} };
  }
  await using opening = new AsyncDisposableStack();
  const watching = opening.adopt(await context(options), async (opened) => await opened.dispose());
  await watching.rebuild();
  await watching.watch();
  return opening.move();
}

/** Removes what an earlier build has left. The page is never away: who serves it meanwhile goes on. */
async function removeOthers(directory: string, outputs: readonly string[]): Promise<void> {
  const kept = new Set(outputs.map((path) => basename(path)));
  const others = (await readdir(directory)).filter((name) => !kept.has(name));
  await Promise.all(others.map(async (name) => await rm(join(directory, name), { recursive: true })));
}

function esbuildOptions(outdir: string, rest: BuildOptions): BuildOptions {
  const page = ["main.tsx", "style.css", "index.html", "favicon.svg", "_headers"];
  const reference = ["docs/docs.tsx", "docs/docs.css", "docs/docs.html"];
  return {
    ...rest,
    absWorkingDir: ROOT,
    tsconfig: "tsconfig.console.json",
    entryPoints: [...page, ...reference].map((name) => `console/${name}`),
    entryNames: "[name]",
    outdir,
    bundle: true,
    format: "esm",
    target: "es2023",
    // `""` is a file without an extension: `_headers`.
    loader: { ".html": "copy", ".svg": "copy", "": "copy" },
    logLevel: "warning",
  };
}

async function report(directory: string): Promise<void> {
  for (const name of (await readdir(directory)).toSorted()) {
    const bytes = await readFile(join(directory, name));
    const compressed = await promisify(gzip)(bytes);
    console.log(`${name.padEnd(12)} ${kilobytes(bytes)}, compressed ${kilobytes(compressed)}`);
  }
}

const kilobytes = ({ length }: Uint8Array) => `${(length / 1000).toFixed(1)} kB`;

if (import.meta.main) {
  await buildConsole();
  await report(join(ROOT, "public"));
}
