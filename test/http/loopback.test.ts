import { describe, expect, it } from "vitest";
import { isLoopback } from "../../src/http/loopback.ts";

describe("isLoopback", () => {
  it.each([
    "http://localhost",
    "http://LOCALHOST:80",
    "http://localhost.",
    "http://api.localhost",
    "http://127.0.0.1",
    "http://127.1",
    "http://2130706433",
    "http://0x7f.0.0.1",
    "http://0177.0.0.1",
    "http://127.255.255.254",
    "http://0.0.0.0",
    "http://[::1]",
    "http://[0:0:0:0:0:0:0:1]",
    "http://[::]",
    "http://[::ffff:127.0.0.1]",
    "http://[::ffff:7f00:1]",
    "http://[::ffff:0.0.0.0]",
  ])("finds %s on this machine", (url) => {
    expect(isLoopback(new URL(url))).toBe(true);
  });

  it.each([
    "http://localhost.example",
    "http://128.0.0.1",
    "http://0.0.0.1",
    "http://10.0.0.1",
    "http://notlocalhost",
    "http://[::2]",
    "http://[::127.0.0.1]",
    "http://127.0.0.1.example",
    "https://example.com",
    "mailto:localhost",
  ])("finds %s elsewhere", (url) => {
    expect(isLoopback(new URL(url))).toBe(false);
  });
});
