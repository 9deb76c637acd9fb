import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { readCompanionOptions } from "../../../companion/options.ts";
import { checkServices } from "../../../companion/selfcheck/selfcheck.ts";

/** A service that answers everything with the same. */
async function answering(text: string): Promise<{ readonly port: string } & AsyncDisposable> {
  const server = createServer(
    (socket) =>
      void socket
        .on("error", () => undefined)
        .resume()
        .end(text),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: String((server.address() as AddressInfo).port), // it listens
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, "close");
    },
  };
}

const OFF = ["--proxy-port", "off", "--chat-port", "off", "--monitor-port", "off"];
const check = async (...args: readonly string[]) =>
  await checkServices(readCompanionOptions(args, {}), () => 0);

describe("checkServices", () => {
  it("is content with a service that does what it is for, and asks none that is off", async () => {
    await using echo = await answering("Echo: selfcheck\n");
    const { isWell, report } = await check("--echo-port", echo.port, ...OFF);
    expect(isWell).toBe(true);
    expect(report).toMatch(/^service .*\necho +127\.0\.0\.1:\d+ +ok +0 ms +echoes\n$/);
  });

  it.each([
    ["", "it hung up"],
    ["HTTP/1.1 400 Bad Request\r\n", String.raw`it answered "HTTP/1.1 400 Bad Request\r\n"`],
  ])("is not content with one that answers %j", async (text, why) => {
    await using other = await answering(text);
    const { isWell, report } = await check("--echo-port", other.port, ...OFF);
    expect(isWell).toBe(false);
    expect(report).toContain(`failed  0 ms  ${why}`);
  });

  it("does not call it well when nothing is on", async () => {
    expect(await check("--echo-port", "off", ...OFF)).toEqual({
      isWell: false,
      report: "All services are off\n",
    });
  });

  it("meets at loopback whoever listens everywhere", async () => {
    await using echo = await answering("Echo: selfcheck\n");
    const { isWell } = await check("--expose", "--echo-host", "0.0.0.0", "--echo-port", echo.port, ...OFF);
    expect(isWell).toBe(true);
  });
});
