import { hash, timingSafeEqual } from "node:crypto";

/** Whether a request may use this proxy. */
export type Check = (proxyAuthorizations: readonly string[]) => boolean;

/**
 * Checks Basic credentials (RFC 7617) in a time that tells nothing of how much of them was right: digests are compared,
 * and those are of one length.
 *
 * @param credentials `user:password`; when empty, everybody may.
 */
export function checkCredentials(credentials: string): Check {
  if (credentials === "") return () => true;
  const expected = digest(Buffer.from(credentials));
  return (given) => {
    const [, encoded] = /^basic +([a-z\d+/]+={0,2})$/i.exec(given[0] ?? "") ?? [];
    const matches = timingSafeEqual(digest(Buffer.from(encoded ?? "", "base64")), expected);
    return given.length === 1 && encoded !== undefined && matches;
  };
}

function digest(bytes: Buffer): Buffer {
  return hash("sha256", bytes, "buffer");
}
