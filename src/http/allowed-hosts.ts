/** The variable that lists them. */
export const ALLOWED_HOSTS = "ALLOWED_HOSTS";

/**
 * Reads the only hosts that callers may name in URLs, such as `api.example.com *.example.org`, by spaces or commas;
 * `undefined` when the variable is not set, and every public host may be named.
 *
 * @throws {TypeError} Naming the variable, the rule and the value. A list of none is a mistake, and not a list of all.
 */
export function readHosts(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const entries = typeof value === "string" ? value.split(/[\s,]+/).filter((entry) => entry !== "") : [];
  const wrong = entries.length === 0 ? JSON.stringify(value) : entries.find(isNoHost);
  if (wrong === undefined) return entries;
  throw new TypeError(
    `Expected \`${ALLOWED_HOSTS}\` to list hosts like \`api.example.com\` and \`*.example.org\`, got \`${wrong}\``,
  );
}

/** Whether an entry is none that the address guard can compare: the host as a URL shows it, behind `*.` or not. */
function isNoHost(entry: string): boolean {
  const name = entry.replace(/^\*\./, "");
  return URL.parse(`http://${name}/`)?.hostname !== name || name.includes("*") || name.endsWith(".");
}
