import { nearest } from "../src/http/nearest.ts";
import { StartError } from "./options.ts";

/** What is looked at of `wrangler.toml`. */
export interface Bindings {
  readonly durable_objects: { readonly bindings: readonly { readonly name: string }[] };
  readonly queues: { readonly producers?: readonly { readonly binding: string }[] | undefined };
  readonly r2_buckets: readonly { readonly binding: string }[];
}

/** What the Worker cannot do without. What only tasks of one type need, they ask for themselves. */
const NEEDED = {
  "durable_objects.bindings": [
    "FANOUT_LANES",
    "RATE_LIMITERS",
    "CHAT_ROOMS",
    "CHAT_RELAYS",
    "CRAWLS",
    "HOST_GATES",
    "TASK_SHARDS",
  ],
  "queues.producers": ["CRAWL_QUEUE", "TASK_QUEUE"],
  r2_buckets: ["FILES", "ARCHIVES", "TASK_TEXTS"],
} as const;

/**
 * Makes sure that the Worker gets what it needs.
 *
 * @throws {StartError} With a line for each binding that is not in its place.
 */
export function expectBindings({ durable_objects, queues, r2_buckets }: Bindings): void {
  const given = {
    "durable_objects.bindings": durable_objects.bindings.map(({ name }) => name),
    "queues.producers": (queues.producers ?? []).map(({ binding }) => binding),
    r2_buckets: r2_buckets.map(({ binding }) => binding),
  };
  const faults = Object.entries(NEEDED).flatMap(([table, names]) => {
    const there = given[table as keyof typeof NEEDED];
    return names
      .filter((name) => !there.includes(name))
      .map((name) => {
        const near = nearest(
          name,
          there.filter((one) => !names.some((needed) => needed === one)),
        );
        const hint = near === undefined ? "add it" : `there is \`${near}\``;
        return `wrangler.toml: expected the binding \`${name}\` among \`[[${table}]]\`; ${hint}`;
      });
  });
  if (faults.length > 0) throw new StartError(faults.join("\n"));
}
