import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import { parse } from "smol-toml";
import * as z from "zod";
import { StartError } from "./options.ts";

/** What is looked at of `wrangler.toml`. Wrangler itself would read it, and takes seconds to load. */
const Wrangler = z.object({
  vars: z.record(z.string(), z.unknown()).default({}),
  triggers: z.object({ crons: z.array(z.string()).default([]) }).default({ crons: [] }),
  durable_objects: z
    .object({ bindings: z.array(z.object({ name: z.string() })).default([]) })
    .default({ bindings: [] }),
  queues: z
    .object({ producers: z.array(z.object({ binding: z.string() })).default([]) })
    .default({ producers: [] }),
  r2_buckets: z.array(z.object({ binding: z.string() })).default([]),
});

/** Reads `wrangler.toml` as far as we look at it. @throws {StartError} When it cannot be read. */
export async function readWrangler(path = "wrangler.toml"): Promise<z.infer<typeof Wrangler>> {
  try {
    return Wrangler.parse(parse(await readFile(path, "utf8")));
  } catch (error) {
    const { message } = error as Error;
    throw new StartError(`${path}: ${error instanceof z.ZodError ? z.prettifyError(error) : message}`, {
      cause: error,
    });
  }
}

/** Reads `.dev.vars`: what the Worker is told on this machine only. There need not be one. */
export async function readDevVars(path = ".dev.vars"): Promise<Readonly<Record<string, string>>> {
  try {
    // It has no values that are not set.
    return parseEnv(await readFile(path, "utf8")) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new StartError(`Cannot read ${path} (${(error as Error).message})`, { cause: error });
  }
}
