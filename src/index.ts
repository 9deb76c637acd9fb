import { env } from "cloudflare:workers";
import { config } from "../manifold.config.ts";
import { systemClock } from "#kernel";
import { ConfigError, loadConfig } from "./aggregate/config.ts";
import { createApp, explainConfig } from "./app.ts";
import { readSettings } from "./environment.ts";

const settings = readSettings({ ...env });
const makeId = () => crypto.randomUUID();
const app = open();

/** Checks the configuration as the Worker starts, so that a deploy with a broken one is refused as a whole. */
function open() {
  try {
    return createApp({
      plans: loadConfig(config, settings),
      isOpen: settings.isOpen,
      clock: systemClock,
      fetch: async (request, init) => await fetch(request, init),
      makeId,
    });
  } catch (error) {
    // On a laptop it is being edited, and the next save may be right: a runtime that ends would end the session.
    if (error instanceof ConfigError && settings.allowLoopback) return explainConfig(error, makeId);
    throw error;
  }
}

export default { fetch: app.fetch } satisfies ExportedHandler;
