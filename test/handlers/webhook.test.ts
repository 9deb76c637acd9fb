import { describe, expect, it } from "vitest";
import { webhookTask } from "../../src/handlers/webhook.ts";
import { attempt, faultsOf } from "./run.ts";

const KEY = Uint8Array.from({ length: 24 }, (_, index) => index + 1);
const SECRET = `whsec_${btoa(String.fromCharCode(...KEY))}`;
const NOW_MS = Date.UTC(2026, 10, 25, 12);
const type = webhookTask({ secret: { env: "WEBHOOK_SECRET" }, epochMs: () => NOW_MS });
const payload = { url: "https://hooks.example.com/in", body: { type: "report.ready", data: { id: 7 } } };

const answered = async (
  response: Response,
  variables: Record<string, unknown> = { WEBHOOK_SECRET: SECRET },
) => await attempt(type, payload, { answer: () => response, variables });

/** By the platform's own HMAC, over what the receiver sees. */
async function signatureOf(content: string): Promise<string> {
  const key = await crypto.subtle.importKey("raw", KEY, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(content)));
  return `v1,${btoa(String.fromCharCode(...bytes))}`;
}

describe("webhookTask", () => {
  it("signs the id, the time and the very bytes of the body", async () => {
    const { result, seen } = await answered(new Response(null, { status: 202 }));
    expect(result).toEqual({ status: 202 });
    const [request] = seen;
    expect(request?.method).toBe("POST");
    expect(JSON.parse(request?.body ?? "")).toEqual(payload.body);
    expect(request?.headers.get("webhook-id")).toBe("task-1");
    expect(request?.headers.get("webhook-timestamp")).toBe(String(NOW_MS / 1_000));
    expect(request?.headers.get("webhook-signature")).toBe(
      await signatureOf(`task-1.${NOW_MS / 1_000}.${request?.body}`),
    );
  });

  it.each([
    [429, { "Retry-After": "7" }, { name: "RetryAfterError", retryAfterMs: 7_000 }],
    [503, { "Retry-After": new Date(NOW_MS + 60_000).toUTCString() }, { retryAfterMs: 60_000 }],
    [500, {}, { name: "Error", message: "It answered with status 500" }],
    [404, {}, { name: "Error", message: "It answered with status 404" }],
    [410, {}, { name: "NotRetryableError" }],
  ])("fails after a %d with %j as it should", async (status, headers, error) => {
    const outcome = await answered(new Response("", { status, headers: new Headers(headers) }));
    expect(outcome.error).toMatchObject(error);
  });

  it.each(["http://10.0.0.1/", "http://localhost/in", "http://2130706433/", "http://[::ffff:10.0.0.1]/"])(
    "sends nothing to %s",
    async (url) => {
      const variables = { WEBHOOK_SECRET: SECRET };
      const { error, seen } = await attempt(
        type,
        { ...payload, url },
        { answer: () => new Response(), variables },
      );
      expect([error, seen]).toMatchObject([{ name: "NotRetryableError" }, []]);
    },
  );

  it("takes no member that it does not know, for it would not be sent", async () => {
    expect(await faultsOf(type, { ...payload, headers: {} })).toHaveLength(1);
  });

  it("follows no redirect", async () => {
    const outcome = await answered(
      new Response(null, { status: 307, headers: { Location: "https://b.example.com/" } }),
    );
    expect(outcome.seen).toHaveLength(1);
    expect(outcome.error).toMatchObject({ message: "It answered with status 307" });
  });

  it.each([
    [{}, /Expected `WEBHOOK_SECRET` to be set/],
    [{ WEBHOOK_SECRET: "not base64!" }, /^Expected `WEBHOOK_SECRET` to be in base64$/],
  ])("sends nothing without a secret that can be used: %j", async (variables, message) => {
    const { error, seen } = await answered(new Response(), variables);
    expect(error).toMatchObject({
      name: "NotRetryableError",
      message: expect.stringMatching(message) as string,
    });
    expect(seen).toEqual([]);
  });
});
