import { describe, expect, it } from "vitest";
import { downloadTask } from "../../src/handlers/download.ts";
import { emailTask } from "../../src/handlers/email.ts";
import { imageTask } from "../../src/handlers/image.ts";
import { webhookTask } from "../../src/handlers/webhook.ts";

describe("a task type that needs something of the Worker", () => {
  it.each<[string, () => unknown]>([
    ["secret", () => webhookTask({ secret: "whsec_abc" as never })],
    ["bucket", () => downloadTask({ bucket: undefined as never })],
    ["binding", () => emailTask({ binding: { evn: "EMAIL" } as never })],
    ["images", () => imageTask({ images: null as never, bucket: { env: "FILES" } })],
    ["bucket", () => imageTask({ images: { env: "IMAGES" }, bucket: 5 as never })],
  ])("wants `%s` to name it, and shows nothing that is there instead", (name, declare) => {
    expect(declare).toThrow(
      new TypeError(`Expected \`${name}\` to be \`{ env: "NAME" }\`, a variable or a binding of the Worker`),
    );
  });
});
