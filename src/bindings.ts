/** A kind of binding: where it is declared, and the method that it is known by. */
interface Kind {
  readonly table: string;
  readonly has: string;
}

const OBJECT: Kind = { table: "durable_objects.bindings", has: "getByName" };
const QUEUE: Kind = { table: "queues.producers", has: "sendBatch" };
const BUCKET: Kind = { table: "r2_buckets", has: "createMultipartUpload" };

/** What the Worker cannot do without. What only tasks of one type need, they ask for themselves. */
const NEEDED: Readonly<Record<string, Kind>> = {
  FANOUT_LANES: OBJECT,
  RATE_LIMITERS: OBJECT,
  CHAT_ROOMS: OBJECT,
  CHAT_RELAYS: OBJECT,
  CRAWLS: OBJECT,
  HOST_GATES: OBJECT,
  TASK_SHARDS: OBJECT,
  CRAWL_QUEUE: QUEUE,
  TASK_QUEUE: QUEUE,
  FILES: BUCKET,
  ARCHIVES: BUCKET,
  TASK_TEXTS: BUCKET,
};

/** Says which bindings are missing, or are of another kind: a line a fault. */
export function missingBindings(env: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(NEEDED)
    .filter(([name, { has }]) => {
      const binding = env[name];
      return typeof binding !== "object" || binding === null || !(has in binding);
    })
    .map(([name, { table }]) => `expected the binding \`${name}\` among \`[[${table}]]\` of wrangler.toml`);
}
