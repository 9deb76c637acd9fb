import { describe, expect, it } from "vitest";
import { readCompanionOptions, servicePorts } from "../../companion/options.ts";

describe("readCompanionOptions", () => {
  it("has a default for everything, on this machine only", () => {
    const { companion, echo, proxy, chat, monitor } = readCompanionOptions([], {});
    expect(companion).toMatchObject({ expose: false, drainMs: 10_000 });
    expect([echo.port, proxy.port, chat.port, monitor.port]).toEqual([8888, 8080, 9999, 50_101]);
    for (const { host } of [echo, proxy, chat, monitor]) expect(host).toBe("127.0.0.1");
    expect(chat).toMatchObject({ lang: "en", url: "http://127.0.0.1:8787", room: "lobby" });
  });

  it("takes a flag before a variable", () => {
    const read = (args: readonly string[]) =>
      readCompanionOptions(args, { ECHO_PORT: "1", PROXY_ALLOW: "10.0.0.0/8, example.org", CHAT_LANG: "fr" });
    expect(read([]).echo.port).toBe(1);
    expect(read(["--echo-port", "2"]).echo.port).toBe(2);
    expect(read([]).proxy.allow.map(({ text }) => text)).toEqual(["10.0.0.0/8", "example.org"]);
    expect(read([]).chat.lang).toBe("fr");
    expect(read(["--lang", "en"]).chat.lang).toBe("en");
    expect(read(["--echo-framing=line"]).echo.framing).toBe("line");
  });

  it("leaves a service out whose port is off", () => {
    expect(readCompanionOptions(["--proxy-port=off"], {}).proxy.port).toBe("off");
  });

  it("counts no port of a monitor that has a Unix socket", () => {
    const environment = { MONITOR_SOCKET: "/a/socket", ECHO_PORT: "50101" };
    expect(servicePorts(readCompanionOptions([], environment)).map(({ port }) => port)).toEqual([
      50_101, 8080, 9999,
    ]);
  });

  it("lets a service be reached by others only when told so, and the monitor never", () => {
    const host = ["--echo-host", "0.0.0.0"];
    expect(() => readCompanionOptions(host, {})).toThrow(
      "Expected ECHO_HOST to be a loopback address unless --expose is given, got 0.0.0.0",
    );
    expect(readCompanionOptions([...host, "--expose"], {}).echo.host).toBe("0.0.0.0");
    expect(readCompanionOptions([...host, "--echo-port", "off"], {}).echo.port).toBe("off");
    expect(() => readCompanionOptions(["--expose", "--monitor-host", "::"], {})).toThrow(
      "Expected MONITOR_HOST to be a loopback address, got ::",
    );
    expect(readCompanionOptions(["--echo-host", "::ffff:127.0.0.1"], {}).echo.host).toBe("::ffff:127.0.0.1");
  });

  it.each<[readonly string[], Record<string, string>, string]>([
    [["--echo-port", "x"], {}, 'Expected --echo-port to be an integer from 0 to 65535, or off, got "x"'],
    [[], { CHAT_PORT: "65536" }, 'Expected CHAT_PORT to be an integer from 0 to 65535, or off, got "65536"'],
    [[], { CHAT_LANG: "de" }, 'Expected CHAT_LANG to be one of en, fr, got "de"'],
    [[], { CHAT_URL: "ftp://x" }, 'Expected CHAT_URL to be an http: or https: URL, got "ftp://x"'],
    [[], { CHAT_ROOM: "No" }, 'Expected CHAT_ROOM to be 1 to 64 of a-z 0-9 - _, got "No"'],
    [[], { ECHO_HOST: "localhost" }, 'Expected ECHO_HOST to be an IP address, got "localhost"'],
    [[], { COMPANION_EXPOSE: "yes" }, 'Expected COMPANION_EXPOSE to be 0 or 1, got "yes"'],
    [[], { COMPANION_DRAIN_MS: "-1" }, "Expected COMPANION_DRAIN_MS to be an integer from 0 to 3600000"],
    [["--echo-port", "9999"], {}, "Expected ECHO_PORT and CHAT_PORT to differ, got 9999 twice"],
    [
      [],
      { PROXY_ALLOW: "10.0.0.0/8, 127.1" },
      "Expected PROXY_ALLOW to be a list of addresses, blocks, names",
    ],
    [
      [],
      { PROXY_PORTS: "80-" },
      'Expected PROXY_PORTS to be a list of ports or ranges with commas, got "80-"',
    ],
    [
      [],
      { PROXY_CREDENTIALS: "password" },
      "Expected PROXY_CREDENTIALS to be user:password, got something else",
    ],
    [[], { CHAT_TOKEN: "mf_…" }, "Expected CHAT_TOKEN to be visible ASCII characters, got something else"],
    [["--bogus"], {}, "Unknown option '--bogus'"],
  ])("refuses %o with %o", (args, environment, message) => {
    expect(() => readCompanionOptions(args, environment)).toThrow(message);
  });
});
