import * as z from "zod";
import { FileKey, MAX_KEY_BYTES } from "./key.ts";

/** Where a file is. */
export const FilePath = z.object({ key: FileKey });

/** How a file is to be sent. */
export const Reading = z.object({
  disposition: z.enum(["attachment", "inline"]).default("attachment").meta({
    description: "Whether a browser is to save it or to show it (RFC 6266)",
  }),
});

const MOST_ITEMS = 100;

/** What of the bucket is to be listed. */
export const Listing = z.object({
  prefix: z
    .string()
    .refine(
      (text) => new TextEncoder().encode(text).length <= MAX_KEY_BYTES,
      `expected at most ${MAX_KEY_BYTES} bytes, as a key has`,
    )
    .optional()
    .meta({ description: "What the keys begin with" }),
  cursor: z.string().min(1).max(2_048).optional().meta({ description: "From the page before" }),
  limit: z.coerce.number().int().min(1).max(MOST_ITEMS).default(MOST_ITEMS),
});

/** What is said of a file. */
export const FileEntry = z.object({
  key: z.string(),
  size: z.int(),
  etag: z.string().meta({ description: "In quotes, as in the field `ETag`" }),
  uploadedAt: z.iso.datetime(),
  contentType: z.string().optional(),
});

/** A page of files, in the order of their keys. */
export const FilePage = z.object({ items: z.array(FileEntry), cursor: z.string().optional() });
