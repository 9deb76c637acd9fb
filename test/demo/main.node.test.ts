import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { startDemo } from "../../demo/server.ts";
import { startCall, untilOpen } from "./client.ts";

const MAIN = fileURLToPath(new URL("../../demo/main.ts", import.meta.url));

/** Starts the entry, waits for its first line and takes the URL from it. */
async function startMain(start: () => ChildProcess): Promise<{ child: ChildProcess; url: string }> {
  const child = start();
  const [line] = (await once(child.stdout ?? child, "data")) as [Buffer];
  const [, url = ""] = /^demo upstreams on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(String(line)) ?? [];
  return { child, url };
}

const withEnv = (env: NodeJS.ProcessEnv) => ({ env: { ...process.env, DEMO_PORT: "0", ...env } });

describe.concurrent("demo/main.ts", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "serves with the latency of DEMO_LATENCY_MS until %s, then stops at once",
    async (signal) => {
      const env = withEnv({ DEMO_LATENCY_MS: "60000" });
      const { child, url } = await startMain(() => spawn(process.execPath, [MAIN], env));
      const call = startCall(`${url}/countries`);
      await untilOpen({ url }, "countries", 1);
      child.kill(signal);
      expect(await once(child, "exit")).toEqual([0, null]);
      call.leave();
    },
  );

  it("stops when the parent that forked it disconnects", async () => {
    const { child } = await startMain(() => fork(MAIN, { ...withEnv({}), silent: true, execArgv: [] }));
    child.disconnect();
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("stops when the parent has disconnected before it was ready", async () => {
    const child = fork(MAIN, { ...withEnv({}), silent: true, execArgv: [] });
    child.disconnect();
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it.each([
    [{ DEMO_PORT: "http" }, 'Expected `DEMO_PORT` to be an integer from 0 to 65535, got "http"'],
    [{ DEMO_LATENCY_MS: "-1" }, 'Expected `DEMO_LATENCY_MS` to be an integer from 0 to 60000, got "-1"'],
  ])("says in one line what is wrong with %j and exits with 1", async (env, reason) => {
    const child = spawn(process.execPath, [MAIN], withEnv(env));
    const [line, exit] = await Promise.all([text(child.stderr), once(child, "exit")]);
    expect({ line, exit }).toEqual({ line: `demo upstreams: ${reason}\n`, exit: [1, null] });
  });

  it("says in one line that the port is in use and exits with 1", async () => {
    await using demo = await startDemo();
    const child = spawn(process.execPath, [MAIN], withEnv({ DEMO_PORT: String(demo.port) }));
    const [line, exit] = await Promise.all([text(child.stderr), once(child, "exit")]);
    expect(exit).toEqual([1, null]);
    expect(line).toBe(
      `demo upstreams: port ${demo.port} on 127.0.0.1 is in use; choose another with DEMO_PORT\n`,
    );
  });
});
