import { describe, expect, it } from "vitest";
import { readSettings } from "../src/environment.ts";

describe("readSettings", () => {
  it("is shut, and keeps off this machine, unless told otherwise", () => {
    expect(readSettings({})).toMatchObject({ isOpen: false, allowLoopback: false, logsAll: true });
    expect(readSettings({ LOG: "problems" })).toMatchObject({ logsAll: false });
    expect(readSettings({ AUTH: "open", ALLOW_LOOPBACK: "1" })).toMatchObject({
      isOpen: true,
      allowLoopback: true,
    });
  });

  it.each([
    [{ AUTH: "opne" }, 'Expected `AUTH` to be one of closed, open, got "opne"'],
    [{ LOG: "none" }, 'Expected `LOG` to be one of all, problems, got "none"'],
    [{ ALLOW_LOOPBACK: "yes" }, 'Expected `ALLOW_LOOPBACK` to be one of 0, 1, got "yes"'],
  ])("refuses %o", (variables, message) => {
    expect(() => readSettings(variables)).toThrow(message);
  });
});
