// BullMQ on a Redis of its own, doing what bench/tasks.bench.ts asks for: node … <concurrency> <appendfsync> <port>.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Queue, Worker } from "bullmq";
import { createExercise } from "../tasks/exercise.ts";

const [concurrency, appendfsync, port] = process.argv.slice(2);

const probe = createSocket().listen(0, "127.0.0.1");
await once(probe, "listening");
const redisPort = probe.address().port;
probe.close();
const dir = mkdtempSync(join(tmpdir(), "manifold-bench-redis-"));
const redis = spawn(
  "redis-server",
  [
    "--port",
    String(redisPort),
    "--bind",
    "127.0.0.1",
    "--dir",
    dir,
    "--appendonly",
    "yes",
    "--appendfsync",
    appendfsync,
    "--save",
    "",
  ],
  { stdio: "ignore" },
);
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => process.exit(0));
process.once("exit", () => redis.kill("SIGKILL"));

const connection = { host: "127.0.0.1", port: redisPort, maxRetriesPerRequest: null };
const exercise = createExercise();
const jobs = new Queue("add", { connection });
await jobs.waitUntilReady();
const worker = new Worker("add", async ({ data }) => exercise.run(data), {
  connection,
  concurrency: Number(concurrency),
});
await worker.waitUntilReady();

const queue = {
  async add(some) {
    if (some.length === 1) await jobs.add("add", some[0]);
    else await jobs.addBulk(some.map((data) => ({ name: "add", data })));
  },
  ended: async () => await jobs.getCompletedCount(),
  results: async (count) => (await jobs.getCompleted(0, count - 1)).map(({ returnvalue }) => returnvalue),
};

createServer((request, response) => {
  exercise.round(queue, new URL(request.url, "http://peer")).then(
    (body) => response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body)),
    (error) => response.writeHead(500).end(String(error)),
  );
}).listen(Number(port), "127.0.0.1");
