// The endpoints of endpoints.json on fastify and undici: node fastify-server.js <endpoints.json> <upstream> <port>.
import { readFileSync } from "node:fs";
import fastify from "fastify";
import { Pool } from "undici";

const [endpointsFile, upstream, port] = process.argv.slice(2);
const endpoints = JSON.parse(readFileSync(endpointsFile, "utf8"));
const pool = new Pool(upstream, { connections: null });
const app = fastify();

async function get({ path, timeoutMs }, id) {
  const { statusCode, body } = await pool.request({
    method: "GET",
    path: path.replace(":id", id),
    headers: { accept: "application/json" },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (statusCode !== 200) {
    await body.dump();
    throw new Error(`status ${statusCode}`);
  }
  return await body.json();
}

for (const [name, branches] of Object.entries(endpoints)) {
  app.get(`/api/${name}/:id`, async ({ params }) => {
    const outcomes = await Promise.allSettled(branches.map((branch) => get(branch, params.id)));
    const results = {};
    outcomes.forEach(({ status, value }, index) => {
      if (status === "fulfilled") results[branches[index].name] = value;
    });
    return results;
  });
}

await app.listen({ host: "127.0.0.1", port: Number(port), backlog: 4096 });
