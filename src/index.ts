import { env } from "cloudflare:workers";
import { config } from "../manifold.config.ts";
import { systemClock } from "#kernel";
import { createApp, explainConfig } from "./app.ts";
import { ConfigError, loadConfig } from "./config.ts";
import { openCrawlQueue } from "./crawl-queue.ts";
import { openCrawls } from "./crawls.ts";
import { readSettings } from "./environment.ts";
import { logError, logInfo, logProblem } from "./http/log.ts";
import { randomPool } from "./http/random-pool.ts";
import { TICKET_SECRET } from "./http/ticket.ts";
import { prepareLanes } from "./lanes.ts";
import { openLimiters } from "./limiters.ts";
import { openParts } from "./parts.ts";
import { neighbourhoodOf, openRooms } from "./rooms.ts";
import { openTasks, retryLater } from "./task-queue.ts";
import { type CronEvent, fireCron } from "./tasks/cron.ts";
import { openTicketKey } from "./ticket-key.ts";

const settings = readSettings({ ...env });
const makeId = () => crypto.randomUUID();
const worker = open();
const workOnCrawls = openCrawlQueue(env, settings.allowLoopback);

if (settings.tokens.kind === "unusable") logError("tokens-unusable", { faults: settings.tokens.faults });

/** Checks the configuration as the Worker starts, so that a deploy with a broken one is refused as a whole. */
function open() {
  try {
    const { plans, limits, rooms, tasks, crawls, cron } = loadConfig(config, settings);
    const { options, work } = openTasks(env, tasks, settings);
    const app = createApp({
      tasks: options,
      plans,
      limits: { ...limits, limiterFor: openLimiters(env.RATE_LIMITERS) },
      rooms: {
        members: rooms.members,
        roomFor: openRooms(env.CHAT_ROOMS, env.CHAT_RELAYS, rooms.settings),
        ticketKey: openTicketKey(settings.variables[TICKET_SECRET]),
        addressOf: neighbourhoodOf,
      },
      crawlFor: openCrawls(env.CRAWLS, settings, crawls),
      crawlRetentionMs: crawls.retentionMs,
      archives: env.ARCHIVES,
      files: { bucket: env.FILES, fixedLength: (bytes) => new FixedLengthStream(bytes), makeId },
      isOpen: settings.isOpen,
      tokens: settings.tokens,
      allowedOrigins: settings.allowedOrigins,
      allowLoopback: settings.allowLoopback,
      hosts: settings.hosts,
      parts: openParts(env),
      makeId,
      log: settings.logsAll ? logInfo : logProblem,
      lanesFor: prepareLanes(env.FANOUT_LANES, () => Math.random()),
      world: {
        clock: systemClock,
        epochMs: () => Date.now(),
        fetch: (request, init) => fetch(request, init),
        random: () => Math.random(),
        randomBytes: randomPool((bytes) => crypto.getRandomValues(bytes)),
      },
    });
    return { app, work, onCron: async (event: CronEvent) => await fireCron(event, cron, options) };
  } catch (error) {
    // On a laptop it is being edited, and the next save may be right: a runtime that ends would end the session.
    if (error instanceof ConfigError && settings.allowLoopback) {
      return { app: explainConfig(error, makeId), work: retryLater, onCron: undefined };
    }
    throw error;
  }
}

export { ChatRelay } from "../durable-objects/chat-relay.ts";
export { ChatRoom } from "../durable-objects/chat-room.ts";
export { Crawl } from "../durable-objects/crawl.ts";
export { HostGate } from "../durable-objects/host-gate.ts";
export { FanoutLane } from "../durable-objects/fanout-lane.ts";
export { RateLimiter } from "../durable-objects/rate-limiter.ts";
export { TaskShard } from "../durable-objects/task-shard.ts";
export default {
  fetch: worker.app.fetch,
  queue: async (batch, variables, context) =>
    await (batch.queue === "crawls" ? workOnCrawls(batch, context) : worker.work(batch, variables, context)),
  scheduled: async (event) => await worker.onCron?.(event),
} satisfies ExportedHandler;
