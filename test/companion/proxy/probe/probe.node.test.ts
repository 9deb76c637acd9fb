import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Service } from "../../../../companion/service.ts";
import { proxyWith } from "../proxy-with.ts";
import { isOurs } from "./probe-case.ts";
import { PROBE, probe } from "./probe.ts";
import type { Seen } from "./seen.ts";

/** Only what fails waits that long. */
const PATIENCE_MS = 20_000;

describe("startProxy, probed over a raw socket", () => {
  let proxy: Service;
  beforeAll(async () => {
    proxy = await proxyWith();
  });
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
  });

  it.each(PROBE)("answers $name with $status (RFC $rfc)", async (row) => {
    const [host = "", port] = proxy.address.split(":");
    const isRight = (seen: Seen) => isOurs(row, seen);
    const seen = await probe(row, { host, port: Number(port) }, isRight, PATIENCE_MS);
    expect(seen).toSatisfy(isRight);
  });
});
