import { describe, expect, it } from "vitest";
import { readTokens } from "../../src/http/tokens.ts";
import { secretOf, tokenOf } from "../support/tokens.ts";

const HASH = "ab".repeat(32);
const OTHER_HASH = "cd".repeat(32);
const entry = { sha256: HASH, scopes: ["fanout"] };

describe("readTokens", () => {
  it("takes nothing for none", () => {
    expect(readTokens(undefined)).toEqual({ kind: "none" });
  });

  it("knows each by its name, its hash in either case, and its scopes", async () => {
    const tokens = readTokens(
      JSON.stringify({ ci: entry, "web-2.a": { sha256: "CD".repeat(32), scopes: ["chat", "admin"] } }),
    );
    expect(tokens).toEqual({
      kind: "known",
      entries: [
        { name: "ci", sha256: new Uint8Array(32).fill(0xab), scopes: ["fanout"] },
        { name: "web-2.a", sha256: new Uint8Array(32).fill(0xcd), scopes: ["chat", "admin"] },
      ],
    });
    expect(readTokens(await secretOf({ a: ["limits"], b: [] }))).toMatchObject({ kind: "unusable" });
  });

  it("may be empty: then nobody gets in, and that was meant", () => {
    expect(readTokens("{}")).toEqual({ kind: "known", entries: [] });
  });

  const shape = 'API_TOKENS: expected a JSON object like {"ci": {"sha256": "…", "scopes": ["fanout"]}}';
  const hash = "expected `sha256` to be 64 hexadecimal digits: the SHA-256 of a token, not the token";
  const list = "expected `scopes` to be a list of one scope or more";
  const name = "expected a name of up to 48 lower-case letters, digits, dots and hyphens";

  it.each<[string, unknown, readonly string[]]>([
    ["no text", 5, [shape]],
    ["nothing", "", [shape]],
    ["no JSON", `{"ci": ${HASH}`, [shape]],
    ["a list", `["${HASH}"]`, [shape]],
    ["a text", `"${HASH}"`, [shape]],
    ["null", "null", [shape]],
    ["no entry", `{"ci": "${HASH}"}`, [`API_TOKENS: \`ci\`: ${hash}`, `API_TOKENS: \`ci\`: ${list}`]],
    ["no hash", { ci: { scopes: ["fanout"] } }, [`API_TOKENS: \`ci\`: ${hash}`]],
    [
      "a token in place of its hash",
      { ci: { ...entry, sha256: tokenOf(3) } },
      [`API_TOKENS: \`ci\`: ${hash}`],
    ],
    ["half a hash", { ci: { ...entry, sha256: HASH.slice(32) } }, [`API_TOKENS: \`ci\`: ${hash}`]],
    ["no scopes", { ci: { sha256: HASH } }, [`API_TOKENS: \`ci\`: ${list}`]],
    ["empty scopes", { ci: { sha256: HASH, scopes: [] } }, [`API_TOKENS: \`ci\`: ${list}`]],
    ["a scope as text", { ci: { sha256: HASH, scopes: "fanout" } }, [`API_TOKENS: \`ci\`: ${list}`]],
    [
      "a misspelt scope",
      { ci: { sha256: HASH, scopes: ["tasks:raed"] } },
      ["API_TOKENS: `ci`: expected a scope, got `tasks:raed`; did you mean `tasks:read`?"],
    ],
    [
      "a hash among the scopes",
      { ci: { sha256: HASH, scopes: ["fanout", OTHER_HASH] } },
      [expect.stringMatching(/^API_TOKENS: `ci`: expected a scope, got something else; known: /) as string],
    ],
    [
      "a misspelt member",
      { ci: { ...entry, scope: [] } },
      ["API_TOKENS: `ci`: expected only `sha256` and `scopes`, got `scope`"],
    ],
    [
      "a hash for a member",
      { ci: { ...entry, [OTHER_HASH]: 1 } },
      ["API_TOKENS: `ci`: expected only `sha256` and `scopes`, got something else"],
    ],
    ["a hash for a name", { [HASH]: entry }, [`API_TOKENS: entry 1: ${name}`]],
    [
      "a token for a name",
      { ci: entry, [tokenOf(3)]: { ...entry, sha256: OTHER_HASH } },
      [`API_TOKENS: entry 2: ${name}`],
    ],
    [
      "the name of who needs no token",
      { local: entry },
      ["API_TOKENS: entry 1: expected another name than `local`, which is who needs no token"],
    ],
    [
      "one token twice",
      { a: entry, b: { ...entry, sha256: HASH.toUpperCase() } },
      ["API_TOKENS: `a` and `b`: expected a token each, got the same twice"],
    ],
    [
      "one name twice",
      `{"ci": ${JSON.stringify(entry)}, "\\u0063i" : {"sha256": "${OTHER_HASH}", "scopes": ["admin"]}}`,
      ["API_TOKENS: expected `ci` once, got it twice"],
    ],
    [
      "one member twice",
      `{"ci": {"sha256": "${HASH}", "scopes": ["fanout"], "scopes": ["admin"]}}`,
      ["API_TOKENS: expected `scopes` once, got it twice"],
    ],
    [
      "a token for a name, twice",
      `{"${tokenOf(3)}": ${JSON.stringify(entry)}, "${tokenOf(3)}": ${JSON.stringify(entry)}}`,
      ["API_TOKENS: expected something else once, got it twice", `API_TOKENS: entry 1: ${name}`],
    ],
    ["several faults", { a: {}, b: {} }, expect.objectContaining({ length: 4 }) as string[]],
  ])("refuses %s, and shows nothing that may be secret", (_, value, faults) => {
    const secret = typeof value === "object" ? JSON.stringify(value) : value;
    const tokens = readTokens(secret);
    expect(tokens).toEqual({ kind: "unusable", faults });
    const shown = JSON.stringify(tokens);
    for (const hidden of [HASH, OTHER_HASH, HASH.slice(32), tokenOf(3)]) expect(shown).not.toContain(hidden);
  });
});
