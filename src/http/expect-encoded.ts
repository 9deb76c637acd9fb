import { refuseInput } from "./input.ts";

/**
 * Makes sure that a path can be decoded: Hono leaves what cannot as it stands, and that is another name than was meant.
 *
 * @throws {ProblemError} `bad-request`.
 */
export function expectEncoded(url: string): void {
  if (!url.includes("%")) return;
  try {
    decodeURIComponent(new URL(url).pathname);
  } catch {
    throw refuseInput("the path", "expected UTF-8 in percent-encoding");
  }
}
