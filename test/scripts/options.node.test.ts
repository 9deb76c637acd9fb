import { describe, expect, it } from "vitest";
import { readOptions } from "../../scripts/options.ts";

describe("readOptions", () => {
  it("has a default for everything", () => {
    expect(readOptions({})).toEqual({
      port: 8787,
      demoPort: 9100,
      demoLatencyMs: 0,
      withDemo: true,
      withCompanion: true,
      services: [
        { name: "echo", host: "127.0.0.1", port: 8888, variable: "ECHO_PORT" },
        { name: "proxy", host: "127.0.0.1", port: 8080, variable: "PROXY_PORT" },
        { name: "chat", host: "127.0.0.1", port: 9999, variable: "CHAT_PORT" },
        { name: "monitor", host: "127.0.0.1", port: 50_101, variable: "MONITOR_PORT" },
      ],
      stateDir: ".manifold",
      variables: {
        ATLAS_ORIGIN: "http://127.0.0.1:9100",
        AUTH: "open",
        ALLOW_LOOPBACK: "1",
        TASK_LEASE_MS: "30000",
      },
      hints: [],
    });
  });

  it("aims at another upstream when told to", () => {
    const { withDemo, variables } = readOptions({
      DEMO: "0",
      ATLAS_ORIGIN: "https://atlas.example",
      AUTH: "closed",
    });
    expect(withDemo).toBe(false);
    expect(variables).toMatchObject({ ATLAS_ORIGIN: "https://atlas.example", AUTH: "closed" });
    expect(readOptions({ DEMO: "0" }).variables).not.toHaveProperty("ATLAS_ORIGIN");
  });

  it("leaves out the companion, or services of it", () => {
    expect(readOptions({ COMPANION: "0", PORT: "8888" }).services).toEqual([]);
    expect(
      readOptions({ ECHO_PORT: "off", CHAT_PORT: "0", MONITOR_PORT: "off", PROXY_PORT: "off" }).services,
    ).toEqual([]);
    expect(readOptions({ MONITOR_SOCKET: "/a/socket" }).services.map(({ name }) => name)).toEqual([
      "echo",
      "proxy",
      "chat",
    ]);
  });

  it("tells of variables that are hardly meant as they are written", () => {
    const { hints } = readOptions({
      STATEDIR: "state",
      AUHT: "closed",
      ALLOWED_HOST: "a.example",
      // The companion speaks for itself, and these are everyone's.
      PROXY_CREDENTIAL: "a:b",
      PATH: "/bin",
      HTTP_PROXY: "",
    });
    expect(hints).toEqual([
      "STATEDIR means nothing; did you mean STATE_DIR?",
      "AUHT means nothing; did you mean AUTH?",
      "ALLOWED_HOST means nothing; did you mean ALLOWED_HOSTS?",
    ]);
  });

  it.each<[Record<string, string>, string]>([
    [{ PORT: "http" }, 'Expected PORT to be an integer from 1 to 65535, got "http"'],
    [{ PORT: "70000" }, 'Expected PORT to be an integer from 1 to 65535, got "70000"'],
    [{ PORT: "9100" }, "Expected PORT and DEMO_PORT to differ, got 9100 twice"],
    [{ DEMO_PORT: "0" }, 'Expected DEMO_PORT to be an integer from 1 to 65535, got "0"'],
    [{ DEMO_LATENCY_MS: "-1" }, 'Expected DEMO_LATENCY_MS to be an integer from 0 to 60000, got "-1"'],
    [{ AUTH: "opne" }, 'Expected AUTH to be one of open, closed, got "opne"'],
    [{ ALLOW_LOOPBACK: "" }, 'Expected ALLOW_LOOPBACK to be one of 0, 1, got ""'],
    [{ DEMO: "true" }, 'Expected DEMO to be one of 0, 1, got "true"'],
    [{ CHAT_PORT: "8787" }, "Expected PORT and CHAT_PORT to differ, got 8787 twice"],
    [{ CHAT_LANG: "de" }, 'Expected CHAT_LANG to be one of en, fr, got "de"'],
    [{ COMPANION: "no" }, 'Expected COMPANION to be one of 0, 1, got "no"'],
  ])("refuses %o", (environment, message) => {
    expect(() => readOptions(environment)).toThrow(message);
  });
});
