import type { Scope } from "../../src/http/scopes.ts";
import { hashToken, makeToken } from "../../src/http/token-form.ts";
import { readTokens, toHex } from "../../src/http/tokens.ts";

/** A token of its own for each seed from 0 to 255. */
export const tokenOf = (seed: number) => makeToken((count) => new Uint8Array(count).fill(seed));

/** The secret that lets in a token for each set of scopes, by name; the first has seed 0. */
export async function secretOf(scopes: Readonly<Record<string, readonly Scope[]>>): Promise<string> {
  const entries = Object.entries(scopes).map(async ([name, held], seed) => {
    return [name, { sha256: toHex(await hashToken(tokenOf(seed))), scopes: held }] as const;
  });
  return JSON.stringify(Object.fromEntries(await Promise.all(entries)));
}

/** The same, read. */
export const tokensOf = async (scopes: Readonly<Record<string, readonly Scope[]>>) =>
  readTokens(await secretOf(scopes));

/** The field that shows a token. */
export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
