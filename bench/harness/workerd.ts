import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unstable_readConfig } from "wrangler";
import { bundleManifold, bundleWorker } from "./bundle.ts";
import { packageFile } from "./package-file.ts";
import { type Server, startServer, withEnd } from "./server.ts";

const PROGRAM = packageFile("workerd", "bin/workerd");

/**
 * Starts the product as it is, open to everyone on this machine. It logs no more than a Worker written by hand would.
 *
 * @param config In place of `manifold.config.ts`.
 */
export async function startManifold(
  variables: Readonly<Record<string, string>> = {},
  config?: URL,
): Promise<Server> {
  const settings = { ALLOW_LOOPBACK: "1", AUTH: "open", LOG: "problems" };
  return await startWorkerd(await bundleManifold(config), { ...settings, ...variables });
}

/**
 * Starts a Worker of the bench's own.
 *
 * @param objects Its Durable Objects, class by binding; those of `wrangler.toml` that it exports by default.
 */
export async function startWorker(
  entry: URL,
  variables: Readonly<Record<string, string>> = {},
  objects?: Readonly<Record<string, string>>,
): Promise<Server> {
  return await startWorkerd(await bundleWorker(entry), variables, objects);
}

/**
 * Runs a bundle on workerd itself, with the compatibility date, variables and Durable Objects of `wrangler.toml`.
 * Miniflare would put a Worker of its own before every call that goes out (seen in 5.20261023), which a deployed Worker
 * does not have.
 */
async function startWorkerd(
  bundle: string,
  variables: Readonly<Record<string, string>>,
  objects?: Readonly<Record<string, string>>,
): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "manifold-bench-workerd-"));
  await writeFile(join(folder, "index.js"), bundle);
  const config = join(folder, "config.capnp");
  // In memory, workerd has no SQLite.
  const storage = join(folder, "storage");
  await mkdir(storage);
  const server = await startServer(async (port) => {
    await writeFile(config, describeWorker({ port, storage, variables, bundle, objects }));
    return [PROGRAM, "serve", config];
  });
  return withEnd(server, async () => await rm(folder, { recursive: true }));
}

/** What we use of it; wrangler's own type comes from a package that it does not bring along. */
interface WranglerConfig {
  readonly compatibility_date: string | undefined;
  readonly compatibility_flags: readonly string[];
  readonly vars: Readonly<Record<string, unknown>>;
  readonly durable_objects: {
    readonly bindings: readonly { readonly name: string; readonly class_name: string }[];
  };
}

/** What a configuration is made of. */
interface WorkerParts {
  readonly port: number;
  /** A folder. */
  readonly storage: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly bundle: string;
  /** In place of those of `wrangler.toml`: class by binding. */
  readonly objects?: Readonly<Record<string, string>> | undefined;
}

/** A configuration of workerd's (`workerd.capnp` in its repository). */
function describeWorker({ port, storage, variables, bundle, objects: ownObjects }: WorkerParts): string {
  const wrangler: WranglerConfig = unstable_readConfig({ config: "wrangler.toml" }, { hideWarnings: true });
  // A Worker of the bench's own has few of them, or none.
  const objects =
    ownObjects === undefined
      ? wrangler.durable_objects.bindings.filter((object) => bundle.includes(object.class_name))
      : Object.entries(ownObjects).map(([name, className]) => ({ name, class_name: className }));
  const bindings = [
    ...Object.entries({ ...wrangler.vars, ...variables }).map(
      ([name, value]) => `(name = ${text(name)}, text = ${text(value)})`,
    ),
    ...objects.map(
      (object) => `(name = ${text(object.name)}, durableObjectNamespace = ${text(object.class_name)})`,
    ),
  ];
  const namespaces = objects.map(
    ({ class_name: name }) => `(className = ${text(name)}, uniqueKey = ${text(name)}, enableSql = true)`,
  );
  return `
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      modules = [(name = "index.js", esModule = embed "index.js")],
      compatibilityDate = ${text(wrangler.compatibility_date)},
      compatibilityFlags = [${wrangler.compatibility_flags.map(text).join(", ")}],
      bindings = [${bindings.join(", ")}],
      durableObjectNamespaces = [${namespaces.join(", ")}],
      durableObjectStorage = (localDisk = "storage"),
      globalOutbound = "network",
    )),
    (name = "storage", disk = (path = ${text(storage)}, writable = true)),
    (name = "network", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "worker")],
);
`;
}

/** A text of Cap'n Proto's, which is written as JSON's is. */
function text(value: unknown): string {
  return JSON.stringify(String(value));
}
