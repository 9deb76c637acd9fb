import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

/** Bundles a Worker as wrangler does. */
export async function bundleWorker(entry: URL, plugins: Plugin[] = []): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    // As `keep_names` of `wrangler.toml` says.
    keepNames: false,
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    plugins,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`Expected ${fileURLToPath(entry)} to give one bundle, got none`);
  return file.text;
}

/** The configuration that `src/index.ts` imports. */
const CONFIG = fileURLToPath(new URL("../../manifold.config.ts", import.meta.url));

/** Bundles the product as it is, or with another configuration in place of its own. */
export async function bundleManifold(config?: URL): Promise<string> {
  const entry = new URL("../../src/index.ts", import.meta.url);
  if (config === undefined) return await bundleWorker(entry);
  const contents = `export { config } from ${JSON.stringify(fileURLToPath(config))}`;
  const withConfig: Plugin = {
    name: "with-config",
    setup(hooks) {
      hooks.onLoad({ filter: /manifold\.config\.ts$/ }, ({ path }) =>
        path === CONFIG ? { contents } : undefined,
      );
    },
  };
  return await bundleWorker(entry, [withConfig]);
}
