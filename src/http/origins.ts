import { ProblemError } from "./problem.ts";

/** The variable that lists them. */
export const ALLOWED_ORIGINS = "ALLOWED_ORIGINS";

/**
 * Reads a list of origins, such as `https://app.example.com https://admin.example.com`, by spaces or commas.
 *
 * @throws {TypeError} Naming the variable, the rule and the value.
 */
export function readOrigins(value: unknown): readonly string[] {
  const entries = typeof value === "string" ? value.split(/[\s,]+/).filter((entry) => entry !== "") : [];
  const wrong =
    value !== undefined && typeof value !== "string" ? JSON.stringify(value) : entries.find(isNoOrigin);
  if (wrong === undefined) return entries;
  throw new TypeError(
    `Expected \`${ALLOWED_ORIGINS}\` to list origins like \`https://app.example.com\`, got \`${wrong}\``,
  );
}

function isNoOrigin(entry: string): boolean {
  const url = URL.parse(entry);
  return url === null || !/^https?:$/.test(url.protocol) || url.origin !== entry;
}

/**
 * Makes sure that a page that asks in a browser is one of ours: the `Origin` of its request is the one that the request
 * goes to, or is listed. Who is no browser sends none, and has to show a token anyway.
 *
 * @throws {ProblemError} `origin-not-allowed`.
 */
export function expectOrigin({ url, headers }: Request, allowed: readonly string[]): void {
  const origin = headers.get("Origin");
  if (origin === null) {
    if (!isPartOfAnotherPage(headers)) return;
  } else if (allowed.includes(origin) || origin === new URL(url).origin) return;
  throw new ProblemError("origin-not-allowed", {
    detail: "Expected `Origin` to be that of the request, or one of `ALLOWED_ORIGINS`",
  });
}

/**
 * Whether something in a page of another origin asks: a picture, a script or a frame comes without `Origin`, but says
 * where it is from (https://www.w3.org/TR/fetch-metadata). Behind a link that is followed stands whoever follows it.
 */
function isPartOfAnotherPage(headers: Headers): boolean {
  const site = headers.get("Sec-Fetch-Site") ?? "none";
  return site !== "none" && site !== "same-origin" && headers.get("Sec-Fetch-Dest") !== "document";
}
