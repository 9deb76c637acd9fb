/** What can be shown of a file. Its content is foreign: text stays text, and images are only drawn. */
export type Preview =
  | { readonly kind: "text"; readonly text: string; readonly isWhole: boolean }
  /** `url` holds all of the image: where a token is needed, an image cannot show it. */
  | { readonly kind: "image"; readonly url: string }
  | { readonly kind: "none"; readonly why: string };

/** So much of a file is read to show it. */
export const FIRST_BYTES = 64 * 1024;

/** A larger image is not shown. */
export const MOST_IMAGE_BYTES = 8_000_000;

/** An image of another type can be a document with scripts and links of its own: it is shown as text. */
const IMAGES = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

/** The type of an image that is shown as one, without its parameters. */
export function imageTypeOf(contentType: string | null): string | undefined {
  const [type = ""] = (contentType ?? "").toLowerCase().split(";");
  return IMAGES.find((image) => image === type.trim());
}

/** Makes of the first bytes of a file, or of all of it, what can be shown. */
export function previewOf(bytes: Uint8Array<ArrayBuffer>, size: number, contentType: string | null): Preview {
  if (size === 0) return { kind: "none", why: "It is empty." };
  const image = imageTypeOf(contentType);
  const isWhole = bytes.length >= size;
  if (image !== undefined && isWhole) {
    return { kind: "image", url: `data:${image};base64,${base64Of(bytes)}` };
  }
  if (image !== undefined) return { kind: "none", why: "It is too large an image to be shown here." };
  const text = textOf(bytes, isWhole);
  return text === undefined
    ? { kind: "none", why: "It is neither text nor an image that is shown here." }
    : { kind: "text", text, isWhole };
}

/** Bytes as text in UTF-8, whatever their type says; a character that is cut at the end is left out. */
function textOf(bytes: Uint8Array<ArrayBuffer>, isWhole: boolean): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !isWhole });
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined; // bytes that are no text
  }
}

/** What is made into a text at once: a function takes only so many arguments. */
const CHUNK_BYTES = 32 * 1024;

function base64Of(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES));
  }
  return btoa(binary);
}
