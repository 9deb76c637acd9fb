import { describe, expect, it } from "vitest";
import { createDoor, type DoorOptions, expectScope, mayUse } from "../../src/http/door.ts";
import { ProblemError } from "../../src/http/problem.ts";
import { ALL_SCOPES, isGranted } from "../../src/http/scopes.ts";
import { hashToken } from "../../src/http/token-form.ts";
import { readTokens, toHex } from "../../src/http/tokens.ts";
import { bearer, tokenOf, tokensOf } from "../support/tokens.ts";

const ask = (headers: Readonly<Record<string, string>> = {}, url = "https://api.example.com/v1/x") =>
  new Request(url, { headers });

/** Who it is, or the code of the problem and the challenge. */
async function identify(options: DoorOptions, request: Request): Promise<unknown> {
  try {
    return await createDoor(options)(request);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const code = error.problem.type.replace("urn:manifold:problem:", "");
    return [error.problem.status, code, error.headers["WWW-Authenticate"]];
  }
}

const known = await tokensOf({ ci: ["fanout"], ops: ["admin"] });
const CLOSED = { tokens: known, isOpen: false };
const NO_TOKEN = [401, "unauthorized", 'Bearer realm="manifold"'];
const WRONG_TOKEN = [401, "unauthorized", 'Bearer realm="manifold", error="invalid_token"'];
const SHUT = [503, "auth-not-configured", undefined];

describe("createDoor", () => {
  it("knows each caller by their token", async () => {
    expect(await identify(CLOSED, ask(bearer(tokenOf(0))))).toEqual({ name: "ci", scopes: ["fanout"] });
    expect(await identify(CLOSED, ask(bearer(tokenOf(1))))).toEqual({ name: "ops", scopes: ["admin"] });
  });

  it.each(["Bearer", "bearer", "BEARER "])("takes the scheme as `%s`", async (scheme) => {
    expect(await identify(CLOSED, ask({ Authorization: `${scheme} ${tokenOf(0)}` }))).toMatchObject({
      name: "ci",
    });
  });

  it.each<[string, Record<string, string>, unknown]>([
    ["no token", {}, NO_TOKEN],
    ["another scheme", { Authorization: "Basic bWU6c2VjcmV0" }, NO_TOKEN],
    ["a token without a scheme", { Authorization: tokenOf(0) }, NO_TOKEN],
    ["a scheme without a token", { Authorization: "Bearer" }, NO_TOKEN],
    ["a token in a field of its own", { "X-Api-Key": tokenOf(0) }, NO_TOKEN],
    ["a cookie", { Cookie: `token=${tokenOf(0)}` }, NO_TOKEN],
    ["a token that nobody has", bearer(tokenOf(2)), WRONG_TOKEN],
    ["the beginning of a token", bearer(tokenOf(0).slice(0, -1)), WRONG_TOKEN],
    ["more than a token", bearer(`${tokenOf(0)}A`), WRONG_TOKEN],
    ["two tokens", bearer(`${tokenOf(2)} ${tokenOf(0)}`), WRONG_TOKEN],
    ["a hash", bearer("ab".repeat(32)), WRONG_TOKEN],
  ])("does not know %s", async (_, headers, refusal) => {
    expect(await identify(CLOSED, ask(headers))).toEqual(refusal);
  });

  it("takes a word for no token, though somebody put its hash there", async () => {
    const sha256 = toHex(await hashToken("letmein"));
    const tokens = readTokens(JSON.stringify({ lazy: { sha256, scopes: ["admin"] } }));
    expect(tokens.kind).toBe("known");
    expect(await identify({ tokens, isOpen: false }, ask(bearer("letmein")))).toEqual(WRONG_TOKEN);
  });

  it("does not look for a token in the query", async () => {
    expect(await identify(CLOSED, ask({}, `https://a.example/?access_token=${tokenOf(0)}`))).toEqual(
      NO_TOKEN,
    );
  });

  it("is shut while no tokens are set, whatever is shown", async () => {
    expect(await identify({ isOpen: false }, ask(bearer(tokenOf(0))))).toEqual(SHUT);
    expect(await identify({ isOpen: false }, ask({}, "http://127.0.0.1:8787/"))).toEqual(SHUT);
  });

  it("is shut while the tokens cannot be used, even where it would be open", async () => {
    const options = { tokens: readTokens("{"), isOpen: true };
    expect(await identify(options, ask({}, "http://127.0.0.1:8787/"))).toEqual(SHUT);
  });

  it.each(["http://127.0.0.1:8787/", "http://localhost/", "http://[::1]/"])(
    "lets everyone in at %s where it is open",
    async (url) => {
      const local = { name: "local", scopes: ALL_SCOPES };
      expect(await identify({ isOpen: true }, ask({}, url))).toEqual(local);
      expect(await identify({ isOpen: true }, ask(bearer("whatever"), url))).toEqual(local);
      expect(await identify({ tokens: known, isOpen: true }, ask({}, url))).toEqual(local);
    },
  );

  it.each(["https://manifold.example.workers.dev/", "http://rebound.example.com:8787/", "http://192.0.2.1/"])(
    "is not open at %s, which is no name of this machine",
    async (url) => {
      expect(await identify({ isOpen: true }, ask({}, url))).toEqual(SHUT);
      expect(await identify({ tokens: known, isOpen: true }, ask({}, url))).toEqual(NO_TOKEN);
    },
  );

  it.each(["Forwarded", "X-Forwarded-For", "X-Forwarded-Host"])(
    "is not open to what another server passes on, which says so by `%s`",
    async (name) => {
      const passedOn = ask({ [name]: "for=192.0.2.1" }, "http://127.0.0.1:8787/");
      expect(await identify({ isOpen: true }, passedOn)).toEqual(SHUT);
      expect(await identify({ tokens: known, isOpen: true }, passedOn)).toEqual(NO_TOKEN);
    },
  );

  it("judges who shows a token by it, also where it is open", async () => {
    const options = { tokens: known, isOpen: true };
    const url = "http://127.0.0.1:8787/";
    expect(await identify(options, ask(bearer(tokenOf(0)), url))).toMatchObject({ name: "ci" });
    expect(await identify(options, ask(bearer(tokenOf(2)), url))).toEqual(WRONG_TOKEN);
  });
});

describe("expectScope", () => {
  it("lets pass who has it, and who has `admin`", () => {
    expect(() => expectScope({ name: "ci", scopes: ["chat", "fanout"] }, "fanout")).not.toThrow();
    for (const scope of ALL_SCOPES) {
      expect(() => expectScope({ name: "ops", scopes: ["admin"] }, scope)).not.toThrow();
    }
  });

  it("names the scope that is missing", () => {
    const caller = { name: "ci", scopes: ["tasks:write"] } as const;
    expect(() => expectScope(caller, "tasks:read")).toThrow(
      expect.objectContaining({
        problem: {
          type: "urn:manifold:problem:insufficient-scope",
          title: "The token is not good for this",
          status: 403,
          detail: "The token `ci` has not the scope `tasks:read`",
          scope: "tasks:read",
        },
        headers: {
          "WWW-Authenticate": 'Bearer realm="manifold", error="insufficient_scope", scope="tasks:read"',
        },
      }),
    );
  });
});

describe("isGranted", () => {
  it("has no scope but `admin` stand for another", () => {
    for (const held of ALL_SCOPES) {
      for (const needed of ALL_SCOPES) {
        expect(isGranted([held], needed)).toBe(held === needed || held === "admin");
      }
    }
  });
});

describe("mayUse", () => {
  it("is yes for who has the scope, no for who has not, and for who is not known", async () => {
    const door = createDoor(CLOSED);
    expect(await mayUse(door, ask(bearer(tokenOf(1))), "admin")).toBe(true);
    expect(await mayUse(door, ask(bearer(tokenOf(0))), "admin")).toBe(false);
    expect(await mayUse(door, ask(), "admin")).toBe(false);
  });

  it("does not hide a bug", async () => {
    const broken = async () => await Promise.reject(new Error("a bug"));
    await expect(mayUse(broken, ask(), "admin")).rejects.toThrow("a bug");
  });
});
