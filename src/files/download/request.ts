import * as z from "zod";
import { OutgoingHeaders } from "../../http/outgoing-headers.ts";
import { FileKey } from "../key.ts";
import { MAX_PARTS_BYTES } from "../parts-sink.ts";

/** A task has 14 minutes; what is left is for its end. */
const MOST_TOTAL_MS = 13 * 60_000;

/** What is to be downloaded, and when to give up. */
export const DownloadRequest = z.strictObject({
  url: z.string().max(8_192),
  key: FileKey.optional().meta({
    description: "Where to store it; `downloads/` and the task's id by default",
  }),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, "expected 64 hexadecimal digits")
    .transform((text) => text.toLowerCase())
    .optional(),
  maxBytes: z
    .int()
    .min(0)
    .max(MAX_PARTS_BYTES)
    .default(1024 ** 3),
  idleTimeoutMs: z.int().min(1).max(300_000).default(30_000),
  totalTimeoutMs: z.int().min(1).max(MOST_TOTAL_MS).default(MOST_TOTAL_MS),
  minBytesPerSecond: z.int().min(0).default(0),
  headers: OutgoingHeaders.default({}),
});

/** A download, checked. */
export type Download = Omit<z.infer<typeof DownloadRequest>, "key"> & { readonly key: string };
