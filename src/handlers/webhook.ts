import { Webhook } from "standardwebhooks";
import * as z from "zod";
import { NotRetryableError, task, type TaskType } from "../tasks/define.ts";
import { laterError, send } from "./outgoing.ts";
import { expectNames, type FromEnvironment, textFrom } from "./variable.ts";

/** The receiver wants no more of these. */
const GONE = 410;

const Payload = z.strictObject({
  url: z.string().max(8_192),
  body: z.json().meta({ description: "Sent as it is, in JSON" }),
});

/** How webhooks are sent. */
export interface WebhookOptions {
  /** The secret that both sides know: base64, with or without `whsec_` before it. */
  readonly secret: FromEnvironment;
  /** The time of each attempt, and by which a `Retry-After` that is a date is read. */
  readonly epochMs?: () => number;
}

/**
 * Tells another server: `{url, body}`. Signed as Standard Webhooks has it (`webhook-id`, `webhook-timestamp`,
 * `webhook-signature`); the id is the same for every attempt. Anything but a 2xx is tried again, not before its
 * `Retry-After`; a redirect is no answer, and 410 ends it.
 */
export function webhookTask({ secret, epochMs = () => Date.now() }: WebhookOptions): TaskType {
  expectNames({ secret });
  return task("webhook", {
    payload: Payload,
    attempts: 8,
    backoff: { baseMs: 5_000, capMs: 3_600_000 },
    timeoutMs: 20_000,
    async handle({ payload, services, signal, idempotencyKey: id }) {
      const sentMs = epochMs();
      const body = JSON.stringify(payload.body);
      const headers = {
        "Content-Type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(sentMs / 1_000)),
        "webhook-signature": signer(textFrom(services, secret), secret).sign(id, new Date(sentMs), body),
      };
      const response = await send(
        { url: payload.url, method: "POST", headers, body },
        { services, signal, mostRedirects: 0 },
      );
      await response.body?.cancel();
      if (response.ok) return { status: response.status };
      if (response.status === GONE)
        throw new NotRetryableError("It answered with status 410: it wants no more");
      throw laterError(response, epochMs());
    },
  });
}

function signer(text: string, { env }: FromEnvironment): Webhook {
  try {
    return new Webhook(text);
  } catch (error) {
    // The library's words might quote the secret.
    throw new NotRetryableError(`Expected \`${env}\` to be in base64`, { cause: error });
  }
}
