import ipaddr from "ipaddr.js";
import { specialRange } from "../../../src/http/address-ranges.ts";
import { specialUse } from "../../../src/http/special-use.ts";
import type { Destination } from "../rules/target.ts";
import type { AllowList } from "./allow-list.ts";
import type { IsOwn } from "./own-listeners.ts";
import { hasPort, type PortRanges } from "./ports.ts";

/** Where this proxy connects. */
export interface GuardPolicy {
  readonly allow: AllowList;
  /** Ports by what is asked for. */
  readonly ports: { readonly request: PortRanges; readonly tunnel: PortRanges };
  readonly isOwn: IsOwn;
}

/** What a destination is wanted for. */
export type Purpose = keyof GuardPolicy["ports"];

/** All addresses of a name, each once. Rejects when there are none. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** One address of a destination, and what is said of it. */
export interface Answer {
  readonly address: string;
  /** `public`, or what else it is. */
  readonly class: string;
  readonly isAllowed: boolean;
  /** The rule that decided, in words. */
  readonly rule: string;
}

/** What the guard says of a destination. */
export type Judgement =
  | { readonly allowed: true; readonly addresses: readonly string[]; readonly answers: readonly Answer[] }
  | {
      readonly allowed: false;
      readonly because: "port" | "address" | "own-listener";
      readonly rule: string;
      readonly answers: readonly Answer[];
    };

/** The rule about the port, which needs no look at the address. */
function portRule({ port }: Destination, purpose: Purpose, { ports }: GuardPolicy): string | undefined {
  if (hasPort(ports[purpose], port)) return undefined;
  return `port ${port} is not open to ${purpose === "tunnel" ? "CONNECT" : "requests"} here`;
}

/**
 * Judges a destination. A name is looked up once, and what comes back is judged and handed on to be dialled: whoever
 * answers differently the next time is not asked. One bad answer does not spoil the good ones.
 *
 * @throws What `resolve` throws.
 */
export async function judge(
  destination: Destination,
  purpose: Purpose,
  policy: GuardPolicy,
  resolve: Resolve,
): Promise<Judgement> {
  const rule = portRule(destination, purpose, policy);
  if (rule !== undefined) return { allowed: false, because: "port", rule, answers: [] };
  const { hostname, port } = destination;
  const literal = literalOf(hostname);
  const name = literal === undefined ? nameRules(hostname, policy.allow) : NO_NAME;
  if (name.refusal !== undefined) {
    return { allowed: false, because: "address", rule: name.refusal, answers: [] };
  }
  const addresses = literal === undefined ? await resolve(hostname) : [literal];
  const answers = addresses.map((address) => judgeAddress(address, port, policy, name));
  const good = answers.filter(({ isAllowed }) => isAllowed);
  if (good.length > 0) return { allowed: true, addresses: good.map(({ address }) => address), answers };
  const own = answers.find((answer) => answer.rule === OWN);
  return {
    allowed: false,
    because: own === undefined ? "address" : "own-listener",
    rule: own === undefined ? `${hostname} is ${answers[0]?.rule ?? "nowhere"}` : OWN,
    answers,
  };
}

const OWN = "a listener of this process itself";

/** What the name that led to an address changes. */
interface NameRules {
  readonly refusal?: string;
  /** The entry of the list that has the name: its addresses are right, whatever they are. */
  readonly listed?: string;
  /** Whether only a configured range will do: for a name that has no business in public. */
  readonly onlyRanges?: string;
}

const NO_NAME: NameRules = {};

function nameRules(hostname: string, allow: AllowList): NameRules {
  const listed = allow.nameOf(hostname);
  if (listed !== undefined) return { listed };
  const use = specialUse(hostname);
  if (use === undefined) return NO_NAME;
  // Nothing that it could resolve to would do.
  return allow.hasRanges ? { onlyRanges: use } : { refusal: `${hostname} is ${use}` };
}

/** Judges one address; also the peer of a connection, once there is one. */
export function judgeAddress(
  address: string,
  port: number,
  { allow, isOwn }: Pick<GuardPolicy, "allow" | "isOwn">,
  name: NameRules = NO_NAME,
): Answer {
  if (!ipaddr.isValid(address)) return { address, class: "no address", isAllowed: false, rule: "no address" };
  const special = specialRange(address);
  const about = { address, class: special ?? "public" };
  if (isOwn(address, port)) return { ...about, isAllowed: false, rule: OWN };
  const range = allow.rangeOf(address);
  if (range !== undefined) return { ...about, isAllowed: true, rule: `in the allowed range ${range}` };
  if (name.listed !== undefined) {
    return { ...about, isAllowed: true, rule: `of the allowed name ${name.listed}` };
  }
  if (special !== undefined) return { ...about, isAllowed: false, rule: special };
  if (name.onlyRanges !== undefined) return { ...about, isAllowed: false, rule: name.onlyRanges };
  return { ...about, isAllowed: true, rule: "global unicast" };
}

/** The address that a host is, if it is one. */
function literalOf(hostname: string): string | undefined {
  if (hostname.startsWith("[")) return hostname.slice(1, -1);
  return ipaddr.IPv4.isValidFourPartDecimal(hostname) ? hostname : undefined;
}
