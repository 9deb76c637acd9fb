import { describe, expect, it } from "vitest";
import { guardAddress, type GuardPolicy } from "../../src/http/address-guard.ts";

const PUBLIC_ONLY: GuardPolicy = { allowLoopback: false };
const LOCAL: GuardPolicy = { allowLoopback: true };

/** The URL to use, or the rule that is broken. */
function judge(text: string, policy = PUBLIC_ONLY, base?: string): string {
  const verdict = guardAddress(text, policy, base === undefined ? undefined : new URL(base));
  return verdict.allowed ? verdict.url.href : verdict.reason;
}

describe("guardAddress", () => {
  it.each([
    ["https://example.com", "https://example.com/"],
    ["HTTP://EXAMPLE.com.:8080/a?b#c", "http://example.com.:8080/a?b#c"],
    ["http://8.8.8.8/", "http://8.8.8.8/"],
    ["http://134744072", "http://8.8.8.8/"],
    ["http://0x8.010.2056", "http://8.8.8.8/"],
    ["http://８.8.8。8.", "http://8.8.8.8/"],
    ["http://[2606:4700::1111]:443/", "http://[2606:4700::1111]:443/"],
    ["http://xn--bcher-kva.com", "http://xn--bcher-kva.com/"],
    ["http://bücher.com", "http://xn--bcher-kva.com/"],
    ["http://www。例え。jp", "http://www.xn--r8jz45g.jp/"],
    ["https://_files.my-host.co.uk/é", "https://_files.my-host.co.uk/%C3%A9"],
    ["http://10.0.0.1.example.com", "http://10.0.0.1.example.com/"],
    ["http://localhost.example.com", "http://localhost.example.com/"],
    ["http://example.constructor", "http://example.constructor/"],
    ["http:example.com", "http://example.com/"],
    ["http://example.com\\@10.0.0.1/", "http://example.com/@10.0.0.1/"],
    ["http://example.com?@10.0.0.1", "http://example.com/?@10.0.0.1"],
    ["http://example.com#@10.0.0.1", "http://example.com/#@10.0.0.1"],
    // Empty userinfo says nothing, and the URL to use has lost it.
    ["http://:@example.com", "http://example.com/"],
  ])("lets %s pass as %s", (text, href) => {
    expect(judge(text)).toBe(href);
  });

  it.each([
    ["", "`` cannot be read as a URL"],
    ["example.com", "`example.com` cannot be read as a URL"],
    ["//example.com/", "`//example.com/` cannot be read as a URL"],
    ["http://", "`http://` cannot be read as a URL"],
    ["http://:80/", "`http://:80/` cannot be read as a URL"],
    ["http://example.com:65536", "`http://example.com:65536` cannot be read as a URL"],
    ["http://example.com:80:90", "`http://example.com:80:90` cannot be read as a URL"],
    ["http://::1/", "`http://::1/` cannot be read as a URL"],
    ["http://[::1", "`http://[::1` cannot be read as a URL"],
    ["http://[::1]x", "`http://[::1]x` cannot be read as a URL"],
    ["http://[fe80::1%25eth0]", "`http://[fe80::1%25eth0]` cannot be read as a URL"],
    ["http://[::ffff:0x7f.0.0.1]", "`http://[::ffff:0x7f.0.0.1]` cannot be read as a URL"],
    ["http://256.0.0.1", "`http://256.0.0.1` cannot be read as a URL"],
    ["http://4294967296", "`http://4294967296` cannot be read as a URL"],
    ["http://1.2.3.4.5", "`http://1.2.3.4.5` cannot be read as a URL"],
    ["http://09.0.0.1", "`http://09.0.0.1` cannot be read as a URL"],
    ["http://example.123", "`http://example.123` cannot be read as a URL"],
    ["http://example.0x7f", "`http://example.0x7f` cannot be read as a URL"],
    ["http://١٢٧.0.0.1", "`http://١٢٧.0.0.1` cannot be read as a URL"],
    ["http://exam%2fple.com", "`http://exam%2fple.com` cannot be read as a URL"],
    ["http://exam%00ple.com", "`http://exam%00ple.com` cannot be read as a URL"],
    ["ftp://example.com", "`ftp://example.com/` is not an http or https URL"],
    ["https+unix://example.com", "`https+unix://example.com` is not an http or https URL"],
    ["file:///etc/passwd", "`file:///etc/passwd` is not an http or https URL"],
    ["javascript:alert(1)", "`javascript:alert(1)` is not an http or https URL"],
    ["blob:https://example.com/1", "`blob:https://example.com/1` is not an http or https URL"],
    ["localhost:3000", "`localhost:3000` is not an http or https URL"],
    ["http://good.example@10.0.0.1/", "`http://10.0.0.1/` comes with a user name or password"],
    ["http://10.0.0.1@example.com/", "`http://example.com/` comes with a user name or password"],
    ["http://:word@example.com/", "`http://example.com/` comes with a user name or password"],
    ["http://a@b@example.com/", "`http://example.com/` comes with a user name or password"],
    ["http://example.com:0", "`http://example.com:0/` names port 0, where nothing listens"],
    ["http://example.com:000", "`http://example.com:0/` names port 0, where nothing listens"],
  ])("refuses %s: %s", (text, reason) => {
    expect(judge(text)).toBe(reason);
  });

  it.each([
    ["a space before", " http://example.com"],
    ["a space after", "http://example.com "],
    ["a tab", "http://exa\tmple.com"],
    ["a line feed", "http://example.com/a\nb"],
    ["a carriage return", "http:\r//example.com"],
    ["a null", "http://example.com/\0"],
    ["a delete", "http://example.com/\x7f"],
    ["a C1 control", "http://example.com/\x85"],
    ["a no-break space", "http://example.com/\u00a0"],
    ["an ideographic space", "http://example.com/\u3000"],
    ["a byte order mark", "\ufeffhttp://example.com"],
  ])("refuses %s, which a parser may drop", (_, text) => {
    expect(judge(text)).toBe("the URL has white space or a control character in it");
  });

  it("bounds the length of the text, and that of the URL it becomes", () => {
    const start = "http://example.com/";
    const fits = start.padEnd(8_192, "a");
    expect(judge(fits)).toBe(fits);
    const tooLong = "the URL is longer than 8192 characters";
    expect(judge(`${fits}a`)).toBe(tooLong);
    expect(judge(start + "a/../".repeat(2_000))).toBe(tooLong);
    expect(judge(start + "é".repeat(2_000))).toBe(tooLong);
    expect(judge("b".repeat(5_000), PUBLIC_ONLY, start.padEnd(5_000, "a/"))).toBe(tooLong);
  });

  it("quotes no more than it takes to recognize a URL", () => {
    expect(judge("x".repeat(1_000))).toBe(`\`${"x".repeat(100)}…\` cannot be read as a URL`);
    const start = "http://".padEnd(100, "a");
    expect(judge(start.padEnd(1_000, "a"))).toBe(`\`${start}…\` is not a name that DNS could resolve`);
  });

  it.each([
    "http://secret:secret@10.0.0.1/",
    "http://secret@localhost:0",
    "ftp://secret:secret@example.com",
    "http://secret:secret@",
    "http://secret:secret@[::1",
    "http:\\\\a:secret@b:secret@exa^mple.com",
    "http://secret@example.com:99999/",
    "secret:secret@example.com/",
    "http://user:secret?secret@[",
    "http://[::1/?token=secret",
    "ftp://example.com/?token=secret",
    "https://example.com:0/secret?secret#secret",
  ])("keeps what may be secret in %s to itself", (text) => {
    expect(guardAddress(text, PUBLIC_ONLY).allowed).toBe(false);
    expect(judge(text)).not.toContain("secret");
  });

  describe("where this machine is allowed", () => {
    it.each([
      ["http://localhost:3000/", "http://localhost:3000/"],
      ["http://api.localhost./", "http://api.localhost./"],
      ["http://127.9.9.9/", "http://127.9.9.9/"],
      ["http://0x7f.1/", "http://127.0.0.1/"],
      ["http://0.0.0.0/", "http://0.0.0.0/"],
      ["http://[::1]/", "http://[::1]/"],
      ["http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/"],
      ["http://example.com/", "http://example.com/"],
    ])("lets %s pass", (text, href) => {
      expect(judge(text, LOCAL)).toBe(href);
    });

    it.each([
      "http://10.0.0.1/",
      "http://0.0.0.1/",
      "http://169.254.169.254/",
      "http://[::127.0.0.1]/",
      "http://[64:ff9b::127.0.0.1]/",
      "http://[2002:7f00:1::]/",
      "http://[::ffff:10.0.0.1]/",
      "http://[fd00::1]/",
      "http://printer.local/",
      "http://redis/",
      "http://user@localhost/",
      "http://localhost:0/",
    ])("still refuses %s", (text) => {
      expect(guardAddress(text, LOCAL).allowed).toBe(false);
    });
  });

  describe("with a list of hosts", () => {
    const hosts = [
      "API.example.com",
      "*.Example.org",
      "8.8.8.8",
      "[2606:4700::1111]",
      "10.0.0.1",
      "localhost",
    ];

    it.each([
      ["https://api.example.com/", true],
      ["https://api.example.com.:8443/", true],
      ["https://example.com/", false],
      ["https://a.api.example.com/", false],
      ["https://myapi.example.com/", false],
      ["https://a.example.org/", true],
      ["https://a.b.example.org./", true],
      ["https://example.org/", false],
      ["https://badexample.org/", false],
      ["https://a.example.org.evil.com/", false],
      ["http://8.8.8.8/", true],
      ["http://0x8080808/", true],
      ["http://8.8.4.4/", false],
      ["http://[2606:4700::1111]/", true],
      ["http://[2606:4700::1112]/", false],
    ])("answers whether %s is on it with %j", (text, isOnIt) => {
      const refusal = `\`${new URL(text).origin}/\` is not among the hosts allowed here`;
      expect(judge(text, { allowLoopback: false, hosts })).toBe(isOnIt ? new URL(text).href : refusal);
    });

    it.each([
      ["http://10.0.0.1/", "`http://10.0.0.1/` is a private address"],
      ["http://localhost/", "`http://localhost/` is this machine"],
    ])("allows nothing by it that is refused without it: %s", (text, reason) => {
      expect(judge(text, { allowLoopback: false, hosts })).toBe(reason);
    });

    it("keeps to it on this machine, too", () => {
      expect(guardAddress("http://localhost/", { allowLoopback: true, hosts }).allowed).toBe(true);
      expect(guardAddress("http://127.0.0.1/", { allowLoopback: true, hosts }).allowed).toBe(false);
      expect(guardAddress("http://localhost/", { allowLoopback: true, hosts: [] }).allowed).toBe(false);
    });
  });

  describe("of a redirect", () => {
    it.each([
      ["/b?c", "https://example.com/b?c"],
      ["b", "https://example.com/a/b"],
      ["", "https://example.com/a/?q"],
      ["?c", "https://example.com/a/?c"],
      ["//example.org/b", "https://example.org/b"],
      ["http://example.org", "http://example.org/"],
      ["https:b", "https://example.com/a/b"],
      ["https:10.0.0.1", "https://example.com/a/10.0.0.1"],
      ["//10.0.0.1/b", "`https://10.0.0.1/` is a private address"],
      ["\\\\10.0.0.1/b", "`https://10.0.0.1/` is a private address"],
      ["/\\10.0.0.1/b", "`https://10.0.0.1/` is a private address"],
      ["///10.0.0.1/b", "`https://10.0.0.1/` is a private address"],
      ["http:10.0.0.1", "`http://10.0.0.1/` is a private address"],
      ["http://169.254.169.254/", "`http://169.254.169.254/` is a link-local address"],
      ["//localhost", "`https://localhost/` is this machine"],
      ["//user@example.com", "`https://example.com/` comes with a user name or password"],
      ["file:///etc/passwd", "`file:///etc/passwd` is not an http or https URL"],
      ["data:,x", "`data:,x` is not an http or https URL"],
      ["//[", "`//[` cannot be read as a URL"],
      ["/a b", "the URL has white space or a control character in it"],
    ])("judges where %j leads: %s", (location, expected) => {
      expect(judge(location, PUBLIC_ONLY, "https://example.com/a/?q")).toBe(expected);
    });

    it("judges the place that a relative one leads to, not the step", () => {
      expect(judge("/b", PUBLIC_ONLY, "http://10.0.0.1/a")).toBe("`http://10.0.0.1/` is a private address");
    });
  });
});
