import { describe, expect, it } from "vitest";
import { idempotencyKey } from "../../src/http/idempotency-key.ts";

const read = (key: string) => idempotencyKey(new Headers({ "Idempotency-Key": key }));

describe("idempotencyKey", () => {
  it("reads a key in quotes or not, and none where there is none", () => {
    expect(read('"8e03978e-40d5"')).toBe("8e03978e-40d5");
    expect(read("8e03978e-40d5")).toBe("8e03978e-40d5");
    expect(read("x".repeat(255))).toHaveLength(255);
    expect(idempotencyKey(new Headers())).toBeUndefined();
  });

  it.each(["", '""', "x".repeat(256), '"a", "b"', 'a"b', '"a', "a b", "a\u00e9", "<a>"])(
    "refuses %j, and says what a key is",
    (key) => {
      expect(() => read(key)).toThrow("Expected `Idempotency-Key` to be 1 to 255 letters");
    },
  );
});
