import type { CancelSignal } from "#kernel";
import type { CompanionOptions } from "../options.ts";
import { MESSAGES } from "../telnet/languages.ts";
import { exchange, type Place } from "./exchange.ts";

/** Asks a service for something that it can only answer when it works. */
interface Probe {
  readonly service: string;
  readonly place: Place;
  /** @returns What it did, in a few words. @throws Whatever is wrong. */
  readonly run: (signal: CancelSignal) => Promise<string>;
}

/** Of all services that these options turn on. */
export function probesFor({ echo, proxy, chat, monitor }: CompanionOptions): readonly Probe[] {
  const probes: Probe[] = [];
  if (echo.port !== "off") {
    const place = placeOf(echo.host, echo.port);
    const run = async (signal: CancelSignal) => {
      await exchange(place, "selfcheck\n", (heard) => heard === "Echo: selfcheck\n", signal);
      return "echoes";
    };
    probes.push({ service: "echo", place, run });
  }
  if (proxy.port !== "off") {
    const place = placeOf(proxy.host, proxy.port);
    const run = async (signal: CancelSignal) => {
      // Goes no further than the proxy (RFC 9110 §9.3.8).
      const head = ["TRACE http://selfcheck.invalid/ HTTP/1.1", "Host: selfcheck.invalid", "Max-Forwards: 0"];
      if (proxy.credentials !== "") head.push(`Proxy-Authorization: Basic ${btoa(proxy.credentials)}`);
      await exchange(place, `${head.join("\r\n")}\r\nConnection: close\r\n\r\n`, isTraced, signal);
      return "answers TRACE";
    };
    probes.push({ service: "proxy", place, run });
  }
  if (chat.port !== "off") {
    const place = placeOf(chat.host, chat.port);
    const { askName, bye } = MESSAGES[chat.lang];
    const run = async (signal: CancelSignal) => {
      await exchange(place, "/quit\r\n", (heard) => heard === `${askName}${bye}\r\n`, signal);
      return "asks for a name";
    };
    probes.push({ service: "chat", place, run });
  }
  if (monitor.port !== "off") {
    const place = monitor.socket === "" ? placeOf(monitor.host, monitor.port) : { path: monitor.socket };
    const token = monitor.token === "" ? "" : `${monitor.token}\n`;
    const run = async (signal: CancelSignal) => {
      await exchange(place, `${token}mem --json\n`, (heard) => heard.includes('{"residentBytes":'), signal);
      return "reports";
    };
    probes.push({ service: "monitor", place, run });
  }
  return probes;
}

const isTraced = (heard: string) => /^HTTP\/1\.1 200 .*TRACE http:\/\/selfcheck/s.test(heard);

/** Where to reach who listens there: who listens everywhere is met at loopback. */
function placeOf(host: string, port: number): Place {
  if (host === "0.0.0.0") return { host: "127.0.0.1", port };
  return { host: host === "::" ? "::1" : host, port };
}
