import { NotRetryableError } from "../tasks/define.ts";
import type { Kind } from "./binding.ts";
import { FORMATS, MOST_IMAGE_BYTES, type WantedImage } from "./image-payload.ts";
import { readWhole } from "./read-whole.ts";

type Stream = ReadableStream<Uint8Array<ArrayBuffer>>;

/** What we use of an Images binding. */
export interface ImagesBinding {
  input(image: Stream): Transformer;
  info(image: Stream): Promise<{ readonly width?: number; readonly height?: number }>;
}

interface Transformer {
  transform(how: Partial<Pick<WantedImage, "width" | "height" | "rotate" | "fit">>): Transformer;
  output(as: { format: string; quality?: number }): Promise<{ image(): Stream }>;
}

/** How such a binding is known. */
export const IMAGES: Kind<ImagesBinding> = {
  what: "an Images binding (`[images]` in wrangler.toml)",
  has: "input",
};

/** An image as it was wanted. */
export interface MadeImage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/**
 * Makes an image out of another one.
 *
 * @throws {NotRetryableError} When there is no image in it, or none that the platform takes.
 */
export async function makeImage(
  images: ImagesBinding,
  source: Uint8Array<ArrayBuffer>,
  wanted: WantedImage,
): Promise<MadeImage> {
  const { width, height, fit, rotate, format, quality } = wanted;
  const isResized = width !== undefined || height !== undefined;
  try {
    const made = await images
      .input(streamOf(source))
      .transform({
        ...(isResized && { fit }),
        ...(width !== undefined && { width }),
        ...(height !== undefined && { height }),
        ...(rotate !== undefined && { rotate }),
      })
      .output({ format: FORMATS[format].type, ...(quality !== undefined && { quality }) });
    const bytes = await readWhole(made.image(), MOST_IMAGE_BYTES);
    const info = await images.info(streamOf(bytes));
    return { bytes, width: info.width ?? 0, height: info.height ?? 0 };
  } catch (error) {
    throw toTaskError(error);
  }
}

function streamOf(bytes: Uint8Array<ArrayBuffer>): Stream {
  return new Blob([bytes]).stream() as Stream; // of a Blob, which is of such bytes
}

/** Codes of the platform that say that the image, or what is wanted of it, is at fault. */
const NEVER = new Set([9401, 9402, 9412, 9413, 9520]);

function toTaskError(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  // Locally a stack follows.
  const [message = ""] = error.message.split("\n", 1);
  // Locally everything is 9523: "Error: Input buffer contains unsupported image format" (sharp 0.35).
  const isForGood = NEVER.has(Number(error.code)) || message.includes("unsupported image format");
  return isForGood ? new NotRetryableError(message, { cause: error }) : new Error(message, { cause: error });
}
