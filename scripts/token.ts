import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { suggest } from "../src/http/nearest.ts";
import { ALL_SCOPES, isScope, SCOPES } from "../src/http/scopes.ts";
import { hashToken, makeToken } from "../src/http/token-form.ts";
import { API_TOKENS, readTokens, toHex } from "../src/http/tokens.ts";
import { StartError } from "./options.ts";

/** What Cloudflare takes as the value of one secret. */
const MAX_SECRET_BYTES = 5 * 1024;

const WIDEST = Math.max(...ALL_SCOPES.map(({ length }) => length));

const USAGE = `npm run token -- <name> --scopes a,b

Scopes:
${ALL_SCOPES.map((scope) => `  ${scope.padEnd(WIDEST)} ${SCOPES[scope]}`).join("\n")}`;

/**
 * `npm run token`: makes a token. It is shown once, on standard error, with what to do. Standard output gets the value
 * of the secret and nothing else, so that it can be piped on; given the present value on standard input, it is merged.
 */
async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { scopes: { type: "string" } },
    allowPositionals: true,
  });
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0 || values.scopes === undefined) throw new StartError(USAGE);
  const scopes = values.scopes.split(",").map((scope) => scope.trim());
  const unknown = scopes.find((scope) => !isScope(scope));
  if (unknown !== undefined)
    throw new StartError(`There is no scope \`${unknown}\`; ${suggest(unknown, ALL_SCOPES)}`);

  const isGiven = !process.stdin.isTTY;
  if (isGiven) console.error(`Reading the present value of ${API_TOKENS} from standard input`);
  const present = isGiven ? (await text(process.stdin)).trim() : "";
  const token = makeToken((count) => crypto.getRandomValues(new Uint8Array(count)));
  const entry = { sha256: toHex(await hashToken(token)), scopes };
  const secret = merge(present, name, entry);
  console.error(instructions(name, token, present !== ""));
  console.log(secret);
}

/** The value of the secret with one more entry. */
function merge(present: string, name: string, entry: object): string {
  const before = present === "" ? {} : expectUsable(present);
  if (Object.hasOwn(before, name)) {
    throw new StartError(
      `There is a token \`${name}\` already; give the new one another name, then remove the old one`,
    );
  }
  const merged = JSON.stringify({ ...before, [name]: entry });
  expectUsable(merged);
  if (merged.length > MAX_SECRET_BYTES) {
    throw new StartError(
      `Expected ${API_TOKENS} to fit into ${MAX_SECRET_BYTES} bytes, got ${merged.length}`,
    );
  }
  return merged;
}

/** The secret as an object, when the Worker could use it. @throws {StartError} With a line a fault. */
function expectUsable(secret: string): object {
  const tokens = readTokens(secret);
  if (tokens.kind === "unusable") throw new StartError(tokens.faults.join("\n"));
  return JSON.parse(secret) as object; // an object, or there were faults
}

function instructions(name: string, token: string, isMerged: boolean): string {
  const others = isMerged
    ? ["The value below has the tokens you gave, and this one."]
    : [
        "The value below has this token only. If there are others, give the present value on standard input:",
        "Cloudflare shows no secret again, so keep it where you keep such things.",
      ];
  return [
    `The token of \`${name}\`, which nobody can show you again:`,
    "",
    `  ${token}`,
    "",
    ...others,
    "",
    `  deployed   npx wrangler secret put ${API_TOKENS}     and paste it`,
    `  here       ${API_TOKENS}='…' in .dev.vars, and AUTH=closed npm start`,
    "",
  ].join("\n");
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  // An unknown option is a mistake of whoever typed it, too.
  console.error(error instanceof StartError ? error.message : `${(error as Error).message}\n\n${USAGE}`);
  process.exitCode = 1;
}
