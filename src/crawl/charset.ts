// oxlint-disable-next-line typescript/triple-slash-reference -- the package has no types to import
/// <reference path="./html-encoding-sniffer.d.ts" />
import sniffEncoding from "html-encoding-sniffer";
import { TextDecoder as AnyDecoder } from "@exodus/bytes/encoding.js";

/** A page, and how it was encoded. */
interface DecodedPage {
  readonly text: string;
  /** The name that the Encoding Standard has for it. */
  readonly encoding: string;
}

const utf8 = new TextDecoder();

/**
 * Decodes a page: by its byte order mark, else by the `charset` of its `Content-Type`, else by what a `meta` says within
 * the first 1,024 bytes, else as UTF-8 (HTML Standard, 13.2.3.2). Bytes that mean nothing become U+FFFD.
 */
export function decodePage(bytes: Uint8Array, contentType: string): DecodedPage {
  const label = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1];
  const encoding = sniffEncoding(bytes, { defaultEncoding: "UTF-8", transportLayerEncodingLabel: label });
  return { encoding, text: encoding === "UTF-8" ? utf8.decode(bytes) : decodeAs(encoding, bytes) };
}

function decodeAs(encoding: string, bytes: Uint8Array): string {
  try {
    return new AnyDecoder(encoding).decode(bytes);
  } catch {
    // `x-user-defined` and `replacement` name no text that could be read.
    return utf8.decode(bytes);
  }
}
