import * as z from "zod";
import { FileKey } from "../files/key.ts";
import { OutgoingHeaders } from "../http/outgoing-headers.ts";

/** The platform makes none that is wider or higher. */
const MOST_PIXELS = 12_000;

/** An image is in memory as a whole, before and after, and an isolate has 128 MB. */
export const MOST_IMAGE_BYTES = 20 * 1024 ** 2;

/** The formats that an image can be made in, with how such files are named. */
export const FORMATS = {
  webp: { type: "image/webp", extension: "webp" },
  avif: { type: "image/avif", extension: "avif" },
  jpeg: { type: "image/jpeg", extension: "jpg" },
  png: { type: "image/png", extension: "png" },
} as const;

const Pixels = z.int().min(1).max(MOST_PIXELS);

/** What is to be made of which image. */
export const ImagePayload = z
  .strictObject({
    url: z.string().max(8_192).optional(),
    headers: OutgoingHeaders.default({}),
    file: FileKey.optional(),
    key: FileKey.optional(),
    width: Pixels.optional(),
    height: Pixels.optional(),
    fit: z.enum(["scale-down", "contain", "cover", "crop", "pad"]).default("scale-down"),
    rotate: z.literal([90, 180, 270]).optional(),
    format: z.enum(["webp", "avif", "jpeg", "png"]).default("webp"),
    quality: z.int().min(1).max(100).optional(),
    maxBytes: z.int().min(1).max(MOST_IMAGE_BYTES).default(MOST_IMAGE_BYTES),
  })
  .refine(({ url, file }) => (url === undefined) !== (file === undefined), {
    path: ["url"],
    message: "expected `url` or `file`, and not both",
  })
  .refine(({ key, file }) => key === undefined || key !== file, {
    path: ["key"],
    message: "expected a key other than that of the image it is made of",
  });

/** The same, checked. */
export type WantedImage = z.output<typeof ImagePayload>;
