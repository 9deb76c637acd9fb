import { env } from "cloudflare:workers";
import { filesBehave } from "./routes-contract.ts";

filesBehave("R2", () => ({
  bucket: env.FILES,
  fixedLength: (bytes) => new FixedLengthStream(bytes),
  makeId: () => crypto.randomUUID(),
}));
