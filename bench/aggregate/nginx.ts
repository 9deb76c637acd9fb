import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MissingError } from "../harness/bench.ts";
import { type Server, startServer } from "../harness/server.ts";

/** Where Debian's package puts them; the first needs none, the second needs the first. */
const PROGRAM = "/usr/sbin/nginx";
const MODULES = ["ndk_http_module", "ngx_http_lua_module"].map((name) => `/usr/lib/nginx/modules/${name}.so`);

/**
 * Starts nginx with Lua on the configuration beside this file, in a temporary folder.
 *
 * @throws {MissingError} When it is not installed.
 */
export async function startNginx(endpointsFile: string, upstreamUrl: string): Promise<Server> {
  for (const file of [PROGRAM, ...MODULES]) {
    if (!existsSync(file)) throw new MissingError(`${file} is not there: run bench/install-peers.sh`);
  }
  const template = await readFile(new URL("nginx.conf", import.meta.url), "utf8");
  const folder = await mkdtemp(join(tmpdir(), "manifold-bench-nginx-"));
  const conf = join(folder, "nginx.conf");
  const text = template
    .replace("@MODULES@", MODULES.map((file) => `load_module ${file};`).join("\n"))
    .replace("@ENDPOINTS@", endpointsFile)
    .replace("@UPSTREAM@", new URL(upstreamUrl).host)
    .replace("@ANSWER@", new URL("answer.lua", import.meta.url).pathname);
  const server = await startServer(async (port) => {
    await writeFile(conf, text.replace("@PORT@", String(port)));
    return [PROGRAM, "-p", folder, "-c", conf];
  });
  return {
    url: server.url,
    pid: server.pid,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
