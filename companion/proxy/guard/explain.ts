import { readTarget, type Target } from "../rules/target.ts";
import { systemResolve } from "../upstream/dial.ts";
import { type GuardPolicy, judge, type Judgement, type Purpose, type Resolve } from "./judge.ts";
import { guardPolicy } from "./policy.ts";

/** How the proxy would judge a URL, step by step. Nothing is connected to; a name is looked up. */
export interface Explanation {
  readonly url: string;
  readonly purpose: Purpose;
  readonly target?: Target;
  readonly judgement?: Judgement;
  /** The last word: `allowed`, or why not. */
  readonly verdict: string;
}

/** Explains a URL: an http one as a request would be judged, an https one as the CONNECT for it. */
export async function explain(url: string, policy: GuardPolicy, resolve: Resolve): Promise<Explanation> {
  const isTunnel = /^(https|wss):/i.test(url);
  const purpose = isTunnel ? "tunnel" : "request";
  const read = readTarget("GET", asRequested(url));
  if (!read.ok) return { url, purpose, verdict: read.reason };
  const target = isTunnel && !hasPort(url) ? { ...read.value, port: 443 } : read.value;
  try {
    const judgement = await judge(target, purpose, policy, resolve);
    return { url, purpose, target, judgement, verdict: judgement.allowed ? "allowed" : judgement.rule };
  } catch (error) {
    return { url, purpose, target, verdict: `the name cannot be resolved: ${(error as Error).message}` };
  }
}

/**
 * Explains a URL to people, by the options of the proxy: a line a step.
 *
 * @param ownAddresses Where the process of the proxy listens, as `host:port`.
 */
export async function explanationOf(
  url: string,
  options: Parameters<typeof guardPolicy>[0],
  ownAddresses: readonly string[],
): Promise<string> {
  const policy = guardPolicy(options, () => ownAddresses);
  return explanationLines(await explain(url, policy, systemResolve)).join("\n") + "\n";
}

/** A line a step. */
export function explanationLines({ url, purpose, target, judgement, verdict }: Explanation): string[] {
  const lines = [`url      ${url}`, `purpose  ${purpose === "tunnel" ? "CONNECT" : "request"}`];
  if (target !== undefined) lines.push(`host     ${target.hostname}`, `port     ${target.port}`);
  for (const { address, class: kind, isAllowed, rule } of judgement?.answers ?? []) {
    lines.push(`answer   ${address}: ${kind}; ${isAllowed ? "allowed" : "refused"}: ${rule}`);
  }
  return [...lines, `verdict  ${verdict}`];
}

/** As a client would write it in a request: as http, in ASCII, without a fragment. */
function asRequested(url: string): string {
  const [, , authority = "", rest = ""] = /^([a-z]+):\/\/([^/?#]*)([^#]*)/i.exec(url) ?? [];
  if (authority === "") return url;
  const scheme = /^(https?|wss?):/i.test(url) ? "http" : url.slice(0, url.indexOf(":"));
  return `${scheme}://${escapeNonAscii(authority)}${escapeNonAscii(rest)}`;
}

function escapeNonAscii(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]+/g, (part) => encodeURIComponent(part.toWellFormed()));
}

function hasPort(url: string): boolean {
  return /^[a-z]+:\/\/(?:[^/?#]*@)?(?:\[[^\]]*\]|[^/?#:]*):\d/i.test(url);
}
