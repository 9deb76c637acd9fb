import { describe, expect, it } from "vitest";
import { readSettings } from "../src/environment.ts";
import { secretOf } from "./support/tokens.ts";

describe("readSettings", () => {
  it("is shut, and keeps off this machine, unless told otherwise", () => {
    expect(readSettings({})).toMatchObject({ isOpen: false, allowLoopback: false, logsAll: true });
    expect(readSettings({ LOG: "problems" })).toMatchObject({ logsAll: false });
    expect(readSettings({ AUTH: "open", ALLOW_LOOPBACK: "1" })).toMatchObject({
      isOpen: true,
      allowLoopback: true,
    });
  });

  it("reads who may ask, and from where", async () => {
    expect(readSettings({})).toMatchObject({ tokens: { kind: "none" }, allowedOrigins: [] });
    const settings = readSettings({
      API_TOKENS: await secretOf({ ci: ["chat"] }),
      ALLOWED_ORIGINS: "https://a.example, https://b.example",
    });
    expect(settings).toMatchObject({
      tokens: { kind: "known", entries: [{ name: "ci", scopes: ["chat"] }] },
      allowedOrigins: ["https://a.example", "https://b.example"],
    });
    // Faults in a secret are for the door: it stays shut, and the rest goes on.
    expect(readSettings({ API_TOKENS: "{" })).toMatchObject({ tokens: { kind: "unusable" } });
    expect(() => readSettings({ ALLOWED_ORIGINS: "*" })).toThrow(
      "Expected `ALLOWED_ORIGINS` to list origins",
    );
  });

  it("reads where callers may send us", () => {
    expect(readSettings({}).hosts).toBeUndefined();
    expect(readSettings({ ALLOWED_HOSTS: "*.example.com" }).hosts).toEqual(["*.example.com"]);
    expect(() => readSettings({ ALLOWED_HOSTS: "" })).toThrow("Expected `ALLOWED_HOSTS` to list hosts");
  });

  it.each([
    [{ AUTH: "opne" }, 'Expected `AUTH` to be one of closed, open, got "opne"'],
    [{ LOG: "none" }, 'Expected `LOG` to be one of all, problems, got "none"'],
    [{ ALLOW_LOOPBACK: "yes" }, 'Expected `ALLOW_LOOPBACK` to be one of 0, 1, got "yes"'],
  ])("refuses %o", (variables, message) => {
    expect(() => readSettings(variables)).toThrow(message);
  });
});
