import { describe, expect, it } from "vitest";
import { emailTask } from "../../src/handlers/email.ts";
import type { JsonValue } from "../../src/tasks/json.ts";
import { attempt, faultsOf } from "./run.ts";

const type = emailTask({ binding: { env: "EMAIL" } });
const letter = { from: "post@example.com", to: "ann@example.com", subject: "Hello", text: "Hello Ann" };

/** Sends a letter by a binding of the test's own. */
async function run(send: (message: unknown) => Promise<unknown>, record?: JsonValue) {
  const given = {
    variables: { EMAIL: { send } },
    answer: () => new Response(),
    ...(record !== undefined && { record }),
  };
  return await attempt(type, letter, given);
}

describe("emailTask", () => {
  it("sends what the payload says, and writes down that it did", async () => {
    const sent: unknown[] = [];
    const { result, records } = await run(async (message) => {
      sent.push(message);
      return await Promise.resolve({ messageId: "<1@example.com>" });
    });
    expect(sent).toEqual([
      { ...letter, from: { email: "post@example.com", name: "" }, to: ["ann@example.com"] },
    ]);
    expect([result, records]).toEqual([{ messageId: "<1@example.com>" }, [{ messageId: "<1@example.com>" }]]);
  });

  it("does not send again what an attempt before has sent", async () => {
    const { result } = await run(async () => await Promise.reject(new Error("sent twice")), {
      messageId: "<1>",
    });
    expect(result).toEqual({ messageId: "<1>" });
  });

  it.each([
    ["E_SENDER_NOT_VERIFIED", "no such domain", "NotRetryableError"],
    ["E_RECIPIENT_SUPPRESSED", "not to Ann", "NotRetryableError"],
    ["E_RATE_LIMIT_EXCEEDED", "too many", "Error"],
    ["E_INTERNAL_SERVER_ERROR", "oh", "Error"],
    ["", "email to ann@example.com not allowed", "NotRetryableError"],
    ["", "Network connection lost.", "Error"],
  ])("fails with %s (%s) as it should", async (code, message, name) => {
    const error = Object.assign(new Error(message), code !== "" && { code });
    const outcome = await run(async () => await Promise.reject(error));
    expect(outcome.error).toMatchObject({ name });
    expect(outcome.records).toEqual([]);
  });

  it("says what to configure where there is no binding", async () => {
    const { error } = await attempt(type, letter, { answer: () => new Response() });
    expect(error).toMatchObject({
      name: "NotRetryableError",
      message:
        "Expected `EMAIL` to be an Email binding (`[[send_email]]` in wrangler.toml) for tasks of this type",
    });
  });

  it.each([
    [{ from: "nobody" }, "from.email"],
    [{ from: { email: "post@example.com", name: "Post\r\nBcc: eve@example.com" } }, "from.name"],
    [{ to: [] }, "to"],
    [{ to: ["ann@example.com", "bob"] }, "to.1"],
    [{ to: Array.from({ length: 50 }, () => "ann@example.com"), cc: "bob@example.com" }, "to"],
    [{ replyTo: "x" }, "replyTo"],
    [{ subject: "Hello\nBcc: eve@example.com" }, "subject"],
    [{ subject: "" }, "subject"],
    [{ text: undefined }, "text"],
    [{ html: "" }, "html"],
  ])("refuses %j, and names %s", async (change, path) => {
    expect(await faultsOf(type, { ...letter, ...change })).toEqual([path]);
  });
});
