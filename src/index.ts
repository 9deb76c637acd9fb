import { env } from "cloudflare:workers";
import { config } from "../manifold.config.ts";
import { systemClock } from "#kernel";
import { loadConfig } from "./aggregate/config.ts";
import { createApp } from "./app.ts";
import { readSettings } from "./environment.ts";

// Checked as the Worker starts, so that a deploy with a broken configuration is refused as a whole.
const settings = readSettings({ ...env });
const app = createApp({
  plans: loadConfig(config, settings),
  isOpen: settings.isOpen,
  clock: systemClock,
  fetch: async (request, init) => await fetch(request, init),
  makeId: () => crypto.randomUUID(),
});

export default { fetch: app.fetch } satisfies ExportedHandler;
