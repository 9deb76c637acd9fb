import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { EnvHttpProxyAgent, ProxyAgent, request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entriesOf, surroundings } from "../surroundings.ts";
import { CERTIFICATE } from "./certificate.ts";
import { proxyWith } from "./proxy-with.ts";

/** What a client got: the answer's status and text, or what it said of its failure. */
type Got = { readonly status: number; readonly text: string } | { readonly failure: string };

/** A client with a pool of connections, which is told of a proxy. Disposing of it closes them. */
interface Client extends AsyncDisposable {
  readonly get: (url: string) => Promise<Got>;
}

const CONNECTIONS = 50;
const REQUESTS = 200;
/** On a machine that is busy with other things. */
const PATIENCE_MS = 120_000;
const SELF_SIGNED = { rejectUnauthorized: false };

function nodeClient(proxyUrl: string): Client {
  const options = { keepAlive: true, maxSockets: CONNECTIONS };
  const proxyEnv = { HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl };
  const agents = {
    "http:": new http.Agent({ ...options, proxyEnv }),
    "https:": new https.Agent({ ...options, ...SELF_SIGNED, proxyEnv }),
  };
  return {
    async get(url) {
      const isSecure = url.startsWith("https:");
      const asked = isSecure
        ? https.get(url, { agent: agents["https:"] })
        : http.get(url, { agent: agents["http:"] });
      const [answer] = (await once(asked, "response")) as [http.IncomingMessage];
      return { status: answer.statusCode ?? 0, text: await text(answer) };
    },
    [Symbol.asyncDispose]: async () => {
      for (const agent of Object.values(agents)) agent.destroy();
      await Promise.resolve();
    },
  };
}

function undiciClient(dispatcher: ProxyAgent | EnvHttpProxyAgent): Client {
  return {
    async get(url) {
      const { statusCode, body } = await request(url, { dispatcher });
      return { status: statusCode, text: await body.text() };
    },
    [Symbol.asyncDispose]: async () => await dispatcher.destroy(),
  };
}

const options = { connections: CONNECTIONS, requestTls: SELF_SIGNED };

/** Clients by name, each given the proxy's URL with credentials in it, if there are any. */
const CLIENTS: Readonly<Record<string, (proxyUrl: string) => Client>> = {
  "Node's Agent with proxyEnv": nodeClient,
  "undici's ProxyAgent": (uri) => undiciClient(new ProxyAgent({ uri, ...options, proxyTunnel: false })),
  "undici's ProxyAgent, all through CONNECT": (uri) =>
    undiciClient(new ProxyAgent({ uri, ...options, proxyTunnel: true })),
  "undici's EnvHttpProxyAgent": (url) =>
    undiciClient(new EnvHttpProxyAgent({ ...options, httpProxy: url, httpsProxy: url, noProxy: "" })),
};

const CASES = Object.keys(CLIENTS).flatMap((name) => [
  { name, scheme: "http" as const },
  { name, scheme: "https" as const },
]);

describe("startProxy, behind clients of Node's", () => {
  const echo: http.RequestListener = (incoming, outgoing) => void outgoing.end(`${incoming.url}`);
  const origins = { http: http.createServer(echo), https: https.createServer(CERTIFICATE, echo) };

  beforeAll(async () => {
    for (const origin of Object.values(origins)) {
      origin.listen(0, "127.0.0.1");
      await once(origin, "listening");
    }
  });
  afterAll(() => {
    for (const origin of Object.values(origins)) origin.close().closeAllConnections();
  });

  const urlOf = (scheme: keyof typeof origins) =>
    `${scheme}://127.0.0.1:${(origins[scheme].address() as AddressInfo).port}`; // it listens at a host and a port
  const clientOf = (name: string, address: string, credentials: string) =>
    CLIENTS[name]?.(`http://${credentials}${address}`) ?? expect.unreachable(`there is no ${name}`);

  it.each(CASES)(
    `answers ${REQUESTS} requests at once for $scheme of $name`,
    async ({ name, scheme }) => {
      const around = surroundings();
      await using proxy = await proxyWith({ credentials: "us er:p:ss" }, around);
      await using client = clientOf(name, proxy.address, "us%20er:p%3Ass@");
      const paths = Array.from({ length: REQUESTS }, (_, index) => `/${index}`);
      const answers = await Promise.all(
        paths.map(async (path) => await client.get(`${urlOf(scheme)}${path}`)),
      );
      expect(answers).toEqual(paths.map((path) => ({ status: 200, text: path })));
      const connections = () => entriesOf(around, "proxy").map(({ id }) => id);
      // Asked again, it comes over a connection that it has kept: at once, unless that has just grown too old.
      for (let left = 5, isKept = false; !isKept; left -= 1) {
        expect(left).toBeGreaterThan(0);
        const before = new Set(connections());
        expect(await client.get(`${urlOf(scheme)}/again`)).toEqual({ status: 200, text: "/again" });
        const now = connections();
        isKept = now.length > 0 && now.every((id) => before.has(id));
      }
    },
    PATIENCE_MS,
  );

  it.each(CASES)("tells $name for $scheme that its password is wrong", async ({ name, scheme }) => {
    const around = surroundings();
    await using proxy = await proxyWith({ credentials: "user:right" }, around);
    await using client = clientOf(name, proxy.address, "user:wrong@");
    const got = await client
      .get(`${urlOf(scheme)}/`)
      .catch((error: Error) => ({ failure: `${error.message} ${String(error.cause)}` }));
    expect("failure" in got ? got.failure : String(got.status)).toContain("407");
    expect(around.logged).toContainEqual(expect.objectContaining({ ok: false, kind: "credentials" }));
  });
});
