/** Takes the SHA-256 of what comes in, as it comes in. */
export interface Digest {
  update(chunk: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Of all of it, in hexadecimal digits; nothing may come afterwards. */
  end(): Promise<string>;
}
