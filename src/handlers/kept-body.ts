/** As much of an answer as is kept. */
export interface KeptBody {
  /** As text when it is text in UTF-8, else in base64. */
  readonly body: string;
  readonly encoding: "text" | "base64";
  /** Whether there was more. */
  readonly isTruncated: boolean;
}

/** Reads the beginning of a body; what comes after `maxBytes` is never fetched. */
export async function keepBody(response: Response, maxBytes: number): Promise<KeptBody> {
  const kept = new Uint8Array(maxBytes);
  let length = 0;
  let isTruncated = false;
  // Leaving the loop cancels the stream.
  for await (const chunk of response.body ?? []) {
    const piece = chunk.subarray(0, maxBytes - length);
    kept.set(piece, length);
    length += piece.length;
    isTruncated = piece.length < chunk.length;
    if (isTruncated) break;
  }
  const bytes = kept.subarray(0, length);
  const text = textOf(bytes, isTruncated);
  if (text !== undefined) return { body: text, encoding: "text", isTruncated };
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return { body: btoa(binary), encoding: "base64", isTruncated };
}

/** @param isCut Whether a character at the end may be half there, and is left out. */
function textOf(bytes: Uint8Array<ArrayBuffer>, isCut: boolean): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes, { stream: isCut });
    // JSON writes other control characters with six characters each, and nobody reads them.
    return /[^\P{Cc}\t\n\r]/u.test(text) ? undefined : text;
  } catch {
    return undefined; // not UTF-8
  }
}
