// rate-limiter-flexible in memory, doing what bench/limits.bench.ts asks for: node … <port>.
import { createServer } from "node:http";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { answer } from "../limits/decisions.ts";

const limiters = {
  high: new RateLimiterMemory({ points: 1_000_000_000, duration: 1, keyPrefix: "high" }),
  low: new RateLimiterMemory({ points: 1_000, duration: 1, keyPrefix: "low" }),
};

async function decide(key, limit) {
  try {
    await limiters[limit].consume(key);
    return true;
  } catch (denial) {
    if (denial instanceof Error) throw denial;
    return false;
  }
}

createServer((request, response) => {
  answer(new URL(request.url, "http://peer"), { decide }).then(
    (body) => response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body)),
    (error) => response.writeHead(500).end(String(error)),
  );
}).listen(Number(process.argv[2]), "127.0.0.1");
