import { withTimeout } from "#kernel";
import { guardAddress, type GuardPolicy } from "../http/address-guard.ts";
import { askedPauseMs } from "./asked-pause.ts";
import type { FetchContext } from "./fetch-context.ts";
import { faultOf, isReadable, request } from "./fetch-page.ts";
import { absolute } from "./judge.ts";
import { readBody } from "./read-body.ts";
import { ALLOW_ALL, MAX_ROBOTS_BYTES, parseRobots, type Robots } from "./robots.ts";
import { fromWorld, letGo } from "./world-fault.ts";

/** What came of asking for a robots.txt; `undefined` rules: the host cannot say, and so forbids everything for now. */
export interface RobotsAnswer {
  readonly robots: Robots | undefined;
  /** What kept it from answering at all. */
  readonly fault?: "timeout" | "connection-failed" | undefined;
  readonly requests: number;
  readonly ms: number;
  /** What a host that cannot say asks for by `Retry-After`. */
  readonly retryAfterMs?: number | undefined;
}

/** RFC 9309, 2.3.1.2. */
const MAX_REDIRECTS = 5;

/** Asks a host what crawlers may fetch there (RFC 9309, 2.3.1). Never rejects. */
export async function fetchRobots(
  origin: string,
  context: Pick<FetchContext, "fetch" | "clock" | "epochMs" | "settings" | "noteFailure"> & {
    readonly policy: GuardPolicy;
  },
): Promise<RobotsAnswer> {
  const { settings, clock, policy } = context;
  const startMs = clock.now();
  let requests = 0;
  let retryAfterMs: number | undefined;
  try {
    const robots = await withTimeout(
      async (signal) => {
        let url = new URL("/robots.txt", origin);
        for (;;) {
          requests += 1;
          const { href } = url;
          const response = await fromWorld(async () => await context.fetch(href, request(settings, signal)));
          const { status } = response;
          if (response.ok && isReadable(response.headers)) {
            const { bytes } = await readBody(response, MAX_ROBOTS_BYTES);
            return parseRobots(new TextDecoder().decode(bytes), settings.agent);
          }
          await letGo(response);
          // What cannot be read may forbid anything.
          if (response.ok) return undefined;
          if (status === 429 || status >= 500) {
            retryAfterMs = askedPauseMs(response, context.epochMs());
            return undefined;
          }
          if (status >= 400) return ALLOW_ALL;
          const location = response.headers.get("Location");
          if (location === null || requests > MAX_REDIRECTS) return ALLOW_ALL;
          const next = guardAddress(absolute(location, url), policy);
          if (!next.allowed) return undefined;
          ({ url } = next);
        }
      },
      settings.timeoutMs,
      { clock },
    );
    return { robots, requests, ms: clock.now() - startMs, retryAfterMs };
  } catch (error) {
    // Out of reach, or too slow: what it would say is not known. Nor is it where we could not read it.
    const fault = faultOf(error);
    if (fault === undefined) context.noteFailure("crawl-robots-failed", error);
    return { robots: undefined, fault, requests, ms: clock.now() - startMs };
  }
}
