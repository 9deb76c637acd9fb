import { createServer } from "node:http";
import { createExercise, type Job, type JobQueue } from "./exercise.ts";

/** A queue in memory with ten workers, as the reference program has it: nothing survives the process. `memory-server.ts <port>`. */
const WORKERS = 10;
const exercise = createExercise();
const waiting: Job[] = [];
const results: number[] = [];
let wake = Promise.withResolvers<void>();

const work = async () => {
  for (;;) {
    const job = waiting.shift();
    if (job === undefined) await wake.promise;
    else results.push(await Promise.resolve(exercise.run(job)));
  }
};
for (let nth = 0; nth < WORKERS; nth += 1) void work();

const queue: JobQueue = {
  async add(jobs) {
    waiting.push(...jobs);
    wake.resolve();
    wake = Promise.withResolvers<void>();
    await Promise.resolve();
  },
  ended: async () => await Promise.resolve(results.length),
  results: async (count) => await Promise.resolve(results.slice(-count)),
};

createServer((request, response) => {
  exercise.round(queue, new URL(request.url ?? "", "http://peer")).then(
    (body) => response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body)),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
}).listen(Number(process.argv[2]), "127.0.0.1");
