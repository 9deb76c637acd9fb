import { describe, expect, it } from "vitest";
import { playBytes } from "./byte-play.ts";

describe("serveTerminal", () => {
  it("takes any bytes in any pieces, and sends nothing that could steer a terminal", () => {
    for (let seed = 0; seed < 1_000; seed += 1) expect(() => playBytes(seed), `seed ${seed}`).not.toThrow();
  });
});
