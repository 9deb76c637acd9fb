import * as fc from "fast-check";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { PART_BYTES } from "../../src/files/parts-sink.ts";
import { memoryBucket } from "./memory-bucket.ts";
import { playDownload } from "./play-download.ts";
import { type BodyEnd, fileOf, type Plan } from "./source.ts";

const FILE = fileOf(PART_BYTES + 1_000);
const OTHER = fileOf(PART_BYTES + 1_000, 99);
const DIGEST = bytesToHex(sha256(FILE));
/** At, before and after each part, and where nothing or all of it has come. */
const BREAKS = [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, FILE.length - 1];

const faults = fc.oneof(
  fc.record({ until: fc.constantFrom(...BREAKS), end: fc.constantFrom<BodyEnd>("reset", "stall", "end") }),
  // Another file by now, all of it or as much as comes.
  fc.record({ file: fc.constant(OTHER), etag: fc.constant('"v2"') }),
  fc.record({
    file: fc.constant(OTHER),
    etag: fc.constant('"v2"'),
    until: fc.constant(PART_BYTES),
    end: fc.constant<BodyEnd>("reset"),
  }),
  // Says less than it sends, or more.
  fc.record({ says: fc.constantFrom(FILE.length - 1, FILE.length + 1) }),
  fc.constantFrom(429, 500, 503).map((status) => ({ status })),
);

/** A body of which nobody says the length ends too early only by breaking off. */
function planOf(whole: Plan, fault: Partial<Plan>): Plan {
  const plan = { ...whole, ...fault };
  return plan.hasLength !== true && plan.end === "end" ? { ...plan, end: "reset" } : plan;
}

describe("download, whatever becomes of its connections", () => {
  it("ends in the right file, or in none", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(faults, { maxLength: 4 }),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom<string | undefined>('"v1"', undefined, 'W/"v1"'),
        async (given, hasLength, hasDigest, etag) => {
          const whole: Plan = { file: FILE, etag, hasLength };
          const plans = given.map((fault) =>
            "status" in fault ? () => new Response("", { status: fault.status }) : planOf(whole, fault),
          );
          const bucket = memoryBucket();
          const { result, error } = await playDownload({
            plans: [...plans, whole],
            payload: hasDigest ? { sha256: DIGEST } : {},
            bucket,
          });
          expect(bucket.pending()).toEqual([]);
          if (error !== undefined) {
            expect(bucket.keys()).toEqual([]);
            return;
          }
          const stored = Buffer.from(bucket.bytesOf(result?.key ?? "") ?? []);
          // Without a digest to go by, whole is what its server calls whole.
          expect(stored.equals(FILE) || (!hasDigest && stored.equals(OTHER))).toBe(true);
          expect(bucket.mostSending).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 20, seed: 20_261_125 },
    );
  }, 120_000);
});
