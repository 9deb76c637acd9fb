import { describe, expect, it } from "vitest";
import { startDemo } from "../../demo/server.ts";
import { bearer, secretOf, tokenOf } from "../support/tokens.ts";
import { startWorker } from "../support/worker.ts";

const API_TOKENS = await secretOf({ ci: ["fanout"], ops: ["admin"] });
const [CI, OPS, NOBODYS] = [tokenOf(0), tokenOf(1), tokenOf(2)];

describe("a Worker with tokens", () => {
  it("lets in by token and scope, on the real runtime", async () => {
    await using demo = await startDemo();
    await using worker = await startWorker({ ATLAS_ORIGIN: demo.url, ALLOW_LOOPBACK: "1", API_TOKENS });
    const ask = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`${worker.url}${path}`, init);
      return [response.status, response.headers.get("WWW-Authenticate")];
    };
    const fanout = {
      method: "POST",
      body: JSON.stringify({ requests: [{ url: `${demo.url}/countries/FRA` }] }),
    };

    expect(await ask("/api/countries/FRA")).toEqual([200, null]);
    expect(await ask("/v1/fanout", fanout)).toEqual([401, 'Bearer realm="manifold"']);
    expect(await ask("/v1/fanout", { ...fanout, headers: bearer(NOBODYS) })).toEqual([
      401,
      'Bearer realm="manifold", error="invalid_token"',
    ]);
    expect(await ask("/v1/fanout", { ...fanout, headers: bearer(CI) })).toEqual([200, null]);
    expect(await ask("/v1/endpoints", { headers: bearer(CI) })).toEqual([
      403,
      'Bearer realm="manifold", error="insufficient_scope", scope="admin"',
    ]);
    expect(await ask("/v1/endpoints", { headers: bearer(OPS) })).toEqual([200, null]);
  });

  it("lets nobody in by tokens that cannot be used, and goes on with what needs none", async () => {
    await using demo = await startDemo();
    await using worker = await startWorker({
      ATLAS_ORIGIN: demo.url,
      ALLOW_LOOPBACK: "1",
      AUTH: "open",
      API_TOKENS: API_TOKENS.slice(1),
    });
    const refused = await fetch(`${worker.url}/v1/endpoints`, { headers: bearer(OPS) });
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ type: "urn:manifold:problem:auth-not-configured" });
    expect((await fetch(`${worker.url}/api/countries/FRA`)).status).toBe(200);
  });
});
