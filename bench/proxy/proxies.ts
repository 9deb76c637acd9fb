import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MissingError } from "../harness/bench.ts";
import { type Server, startServer, withEnd } from "../harness/server.ts";

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Ours, in a process of its own, which may reach this machine. */
export async function startManifoldProxy(): Promise<Server> {
  const off = ["echo", "chat", "monitor"].map((name) => `--${name}-port=off`);
  return await startServer((port) => [
    process.execPath,
    pathOf("../../companion/main.ts"),
    ...off,
    "--proxy-allow=127.0.0.1",
    `--proxy-port=${port}`,
    "--proxy-connections=10000",
    "--proxy-per-address=10000",
    "--log-level=silent",
  ]);
}

/** Programs that others use, as they come, but for what they write down. Each says what is missing. */
export const PEERS: Readonly<Record<string, () => Promise<Server>>> = {
  tinyproxy: async () =>
    await startConfigured("/usr/bin/tinyproxy", "tinyproxy.conf", (conf) => ["-d", "-c", conf]),
  squid: async () => await startConfigured("/usr/sbin/squid", "squid.conf", (conf) => ["-N", "-f", conf]),
  "proxy-chain": async () => {
    expectFile(pathOf("../peers/node_modules/proxy-chain"));
    return await startServer((port) => [
      process.execPath,
      pathOf("../peers/proxy-chain-server.js"),
      String(port),
    ]);
  },
};

/** Starts a program in a temporary folder, with its configuration filled in. */
async function startConfigured(
  program: string,
  template: string,
  argsFor: (conf: string) => readonly string[],
): Promise<Server> {
  expectFile(program);
  const folder = await mkdtemp(join(tmpdir(), "manifold-proxy-"));
  const conf = join(folder, template);
  const text = (await readFile(pathOf(template), "utf8")).replaceAll("@FOLDER@", folder);
  const server = await startServer(async (port) => {
    await writeFile(conf, text.replace("@PORT@", String(port)));
    return [program, ...argsFor(conf)];
  });
  return withEnd(server, async () => await rm(folder, { recursive: true }));
}

function expectFile(file: string): void {
  if (!existsSync(file)) throw new MissingError(`${file} is not there: run bench/install-peers.sh`);
}
