import * as z from "zod";
import { NotRetryableError, task, type TaskType } from "../tasks/define.ts";
import { bindingFrom, type Kind } from "./binding.ts";
import { expectNames, type FromEnvironment } from "./variable.ts";

/** What we use of an Email binding. */
interface EmailBinding {
  send(message: EmailMessage): Promise<{ readonly messageId: string }>;
}

type EmailMessage = z.output<typeof Payload>;

const EMAIL: Kind<EmailBinding> = {
  what: "an Email binding (`[[send_email]]` in wrangler.toml)",
  has: "send",
};

/** Of all recipients of one message: what Email Service takes. */
const MOST_RECIPIENTS = 50;

const Line = z.string().regex(/^\P{Cc}*$/u, "expected one line without control characters");

/** An address, or with the name that is shown for it. */
const Address = z.preprocess(
  (value) => (typeof value === "string" ? { email: value } : value),
  z.strictObject({ email: z.email(), name: Line.max(256).default("") }),
);

const Recipients = z.preprocess(
  (value) => (typeof value === "string" ? [value] : value),
  z.array(z.email()).min(1).max(MOST_RECIPIENTS),
);

const Payload = z
  .strictObject({
    from: Address,
    to: Recipients,
    cc: Recipients.optional(),
    bcc: Recipients.optional(),
    replyTo: z.email().optional(),
    subject: Line.min(1).max(998),
    text: z.string().min(1).optional(),
    html: z.string().min(1).optional(),
  })
  .refine(({ text, html }) => text !== undefined || html !== undefined, {
    path: ["text"],
    message: "expected `text` or `html`",
  })
  .refine(({ to, cc = [], bcc = [] }) => to.length + cc.length + bcc.length <= MOST_RECIPIENTS, {
    path: ["to"],
    message: `expected at most ${MOST_RECIPIENTS} recipients, those of \`cc\` and \`bcc\` included`,
  });

/** How e-mail is sent. */
export interface EmailOptions {
  /** The Email binding. */
  readonly binding: FromEnvironment;
}

/** What is written down once a message is on its way. */
const Sent = z.object({ messageId: z.string() });

/**
 * An e-mail: `{from, to, cc?, bcc?, replyTo?, subject, text?, html?}`; `from` is an address or `{email, name}`, `to` one
 * address or several. The result is `{messageId}`. An attempt that comes after a message was sent does not send it
 * again; but one whose worker ended in between sends it twice, for no mail server knows idempotency keys.
 */
export function emailTask({ binding }: EmailOptions): TaskType {
  expectNames({ binding });
  return task("email", {
    payload: Payload,
    timeoutMs: 30_000,
    async handle({ payload, services, record }) {
      const email = bindingFrom(services, binding, EMAIL);
      const earlier = Sent.safeParse(record.value);
      if (earlier.success) return earlier.data;
      const { messageId } = await email.send(payload).catch((error: unknown) => {
        throw toTaskError(error);
      });
      await record.save({ messageId });
      return { messageId };
    },
  });
}

/** Codes of the platform for what may be better later. */
const LATER = new Set([
  "E_RATE_LIMIT_EXCEEDED",
  "E_DAILY_LIMIT_EXCEEDED",
  "E_INTERNAL_SERVER_ERROR",
  "E_DELIVERY_FAILED",
]);

function toTaskError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error ? String(error.code) : "";
  const isRefused = code.startsWith("E_") && !LATER.has(code);
  // Without a code where a binding limits addresses: "email to bob@example.com not allowed" (miniflare 5).
  if (!isRefused && !/^email (to|from) .* not allowed$/.test(error.message)) return error;
  return new NotRetryableError(code === "" ? error.message : `${code}: ${error.message}`, { cause: error });
}
