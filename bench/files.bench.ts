import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bareWorker, type FileCase, manifold, program, type World } from "./files/contenders.ts";
import type { Bench } from "./harness/bench.ts";
import { startNode } from "./harness/server.ts";

const GIB = 1024 ** 3;

const curl = program("curl", ({ url, file }) => [
  "/bin/sh",
  "-c",
  'curl --silent --fail "$0" | tee "$1" | sha256sum',
  url,
  file,
]);

const aria2 = program("aria2c", ({ url, file, digest }) => [
  "aria2c",
  "--quiet",
  "--allow-overwrite=true",
  "--file-allocation=none",
  `--checksum=sha-256=${digest}`,
  "--dir=/",
  `--out=${file.slice(1)}`,
  url,
]);

/** How fast a file comes into R2, and what memory that takes. */
export const bench: Bench<World, FileCase> = {
  name: "files",
  claim: "How fast one file is downloaded, checked and stored, and that memory does not grow with its size.",
  metrics: [
    { name: "MB/s", better: "more", isDrawn: true },
    { name: "CPU ms/MB", better: "less", isDrawn: false },
    { name: "peak MB", better: "less", isDrawn: true },
    { name: "growth MB", better: "less", isDrawn: false },
  ],
  cases: [
    { name: "64 MiB, known length", bytes: GIB / 16, isKnown: true, isQuick: true },
    { name: "64 MiB, unknown length", bytes: GIB / 16, isKnown: false, isQuick: true },
    { name: "1 GiB, known length", bytes: GIB, isKnown: true, isQuick: false },
    { name: "1 GiB, unknown length", bytes: GIB, isKnown: false, isQuick: false },
    { name: "2 GiB, known length", bytes: 2 * GIB, isKnown: true, isQuick: false },
    { name: "2 GiB, unknown length", bytes: 2 * GIB, isKnown: false, isQuick: false },
  ],
  contenders: [curl, aria2, bareWorker, manifold],
  targets: [
    { case: "1 GiB, known length", contender: "manifold", metric: "MB/s", against: "curl", atLeast: 0.8 },
    { case: "1 GiB, unknown length", contender: "manifold", metric: "MB/s", against: "curl", atLeast: 0.8 },
    ...["1 GiB, known length", "1 GiB, unknown length"].map((name) => ({
      case: name,
      contender: "manifold",
      metric: "MB/s",
      against: "bare Worker, no checks",
      atLeast: 0.8,
    })),
    { case: "2 GiB, known length", contender: "manifold", metric: "growth MB", atMost: 128 },
    { case: "2 GiB, unknown length", contender: "manifold", metric: "growth MB", atMost: 128 },
  ],
  notes: [
    "Everyone takes the SHA-256 and compares it: curl's output goes through `tee` and `sha256sum`. Nobody asks the disk whether it is there.",
    "R2 is Miniflare's, which is a Worker itself and writes to this disk: its work and its memory are in Manifold's numbers, and R2's own are not.",
    "The bare Worker puts the body into the same R2 and checks nothing: it is what this R2 takes. Miniflare's R2 lets every 4 KiB pass through a stream in JavaScript, on the one thread that also runs the Worker (seen in 5.20261023): most of the CPU time of both goes there.",
    "`CPU ms/MB` is of Miniflare and its workerd, and says less about what else the machine does than `MB/s`.",
    "`growth MB` is how much more memory of their own (`RssAnon`) Miniflare and its workerd have at most than before the file.",
  ],
  async setUp() {
    const origin = await startNode(new URL("files/origin.ts", import.meta.url));
    const folder = await mkdtemp(join(tmpdir(), "manifold-bench-downloads-"));
    return {
      origin,
      folder,
      async [Symbol.asyncDispose]() {
        await origin[Symbol.asyncDispose]();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};
