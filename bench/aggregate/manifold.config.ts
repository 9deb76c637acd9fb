import { endpoint, upstream } from "../../src/aggregate/endpoint.ts";
import type { Config } from "../../src/config.ts";

const items = upstream("items", { origin: { env: "UPSTREAM" } });

const one = endpoint("GET /api/one/:id").branch("part1", { from: items, get: "/items/:id/1" });

const four = endpoint("GET /api/four/:id")
  .branch("part1", { from: items, get: "/items/:id/1" })
  .branch("part2", { from: items, get: "/items/:id/2" })
  .branch("part3", { from: items, get: "/items/:id/3" })
  .branch("part4", { from: items, get: "/items/:id/4" });

const twelve = endpoint("GET /api/twelve/:id")
  .branch("part1", { from: items, get: "/items/:id/1" })
  .branch("part2", { from: items, get: "/items/:id/2" })
  .branch("part3", { from: items, get: "/items/:id/3" })
  .branch("part4", { from: items, get: "/items/:id/4" })
  .branch("part5", { from: items, get: "/items/:id/5" })
  .branch("part6", { from: items, get: "/items/:id/6" })
  .branch("part7", { from: items, get: "/items/:id/7" })
  .branch("part8", { from: items, get: "/items/:id/8" })
  .branch("part9", { from: items, get: "/items/:id/9" })
  .branch("part10", { from: items, get: "/items/:id/10" })
  .branch("part11", { from: items, get: "/items/:id/11" })
  .branch("part12", { from: items, get: "/items/:id/12" });

const three = <const Route extends `GET /${string}`>(route: Route) =>
  endpoint(route)
    .branch("part1", { from: items, get: "/items/:id/1" })
    .branch("part2", { from: items, get: "/items/:id/2" })
    .branch("part3", { from: items, get: "/items/:id/3" });

const slow = three("GET /api/slow/:id").branch("part4", {
  from: items,
  get: "/items/:id/4?delayMs=50",
  optional: true,
});

const failing = three("GET /api/failing/:id").branch("part4", {
  from: items,
  get: "/items/:id/4?status=503",
  optional: true,
});

const hanging = three("GET /api/hanging/:id").branch("part4", {
  from: items,
  get: "/items/:id/4?hang=1",
  optional: true,
  timeoutMs: 200,
});

/** `endpoints.json` as a user of Manifold writes it. */
export const config: Config = { endpoints: [one, four, twelve, slow, failing, hanging] };
