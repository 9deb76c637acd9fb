import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MissingError } from "./bench.ts";
import { type Server, startServer, withEnd } from "./server.ts";

/** Where Debian's package puts it, and the modules of others. */
const PROGRAM = "/usr/sbin/nginx";
const MODULES = "/usr/lib/nginx/modules/";

/** An nginx with modules, and its configuration. */
export interface NginxSetup {
  /** Without `.so`; one that needs another stands after it. */
  readonly modules: readonly string[];
  /** In it, `@MODULES@`, `@PORT@` and each word of `values` stand for what is filled in. */
  readonly conf: URL;
  readonly values?: Readonly<Record<string, string>>;
}

/**
 * Starts nginx in a temporary folder.
 *
 * @throws {MissingError} When it is not installed, or a module is not.
 */
export async function startNginx({ modules, conf: template, values = {} }: NginxSetup): Promise<Server> {
  const files = modules.map((name) => `${MODULES}${name}.so`);
  for (const file of [PROGRAM, ...files]) {
    if (!existsSync(file)) throw new MissingError(`${file} is not there: run bench/install-peers.sh`);
  }
  const words = { MODULES: files.map((file) => `load_module ${file};`).join("\n"), ...values };
  let text = await readFile(template, "utf8");
  for (const [word, value] of Object.entries(words)) text = text.replace(`@${word}@`, value);
  const folder = await mkdtemp(join(tmpdir(), "manifold-bench-nginx-"));
  const conf = join(folder, "nginx.conf");
  const server = await startServer(async (port) => {
    await writeFile(conf, text.replace("@PORT@", String(port)));
    return [PROGRAM, "-p", folder, "-c", conf];
  });
  return withEnd(server, async () => await rm(folder, { recursive: true }));
}
