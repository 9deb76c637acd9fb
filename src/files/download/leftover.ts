import * as z from "zod";
import type { Bucket } from "../bucket.ts";

/** An upload that a download has begun, as it is written down for whoever comes after a crash. */
export const Leftover = z.object({ key: z.string(), uploadId: z.string() });

/** Puts away an upload that was never completed. May be called again. */
export async function removeLeftover(
  bucket: Bucket,
  { key, uploadId }: z.infer<typeof Leftover>,
): Promise<void> {
  await bucket.resumeMultipartUpload(key, uploadId).abort();
}
