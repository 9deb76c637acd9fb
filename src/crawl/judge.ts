import { guardAddress, type GuardPolicy } from "../http/address-guard.ts";
import { withoutFinalDot } from "../http/special-use.ts";
import { canonicalKey } from "./canonical.ts";
import type { CrawlPlan } from "./plan.ts";
import { createScope } from "./scope.ts";
import { type Trap, trapOf } from "./traps.ts";
import type { Found } from "./wire.ts";

/** What the rules say of a URL that need no more than the URL. */
type Verdict =
  | { readonly isIn: true; readonly found: Found }
  | {
      readonly isIn: false;
      readonly rule: "address" | "scope" | Trap;
      readonly detail?: string;
    };

/** Judges a URL, or a reference with the URL that it stands in. */
export type Judge = (text: string, base?: URL) => Verdict;

/** Verdicts that are kept. */
const MOST_KNOWN = 5_000;

/** Puts together the rules that keep URLs out before their hosts are asked. */
export function createJudge(plan: Pick<CrawlPlan, "scope" | "startUrls">, policy: GuardPolicy): Judge {
  const isInScope = createScope(
    plan.scope,
    plan.startUrls.map((url) => new URL(url)),
  );
  /** Pages of a site link to the same pages. */
  const known = new Map<string, Verdict>();
  const judge = (text: string): Verdict => {
    const guarded = guardAddress(text, policy);
    if (!guarded.allowed) return { isIn: false, rule: "address", detail: guarded.reason };
    const { url } = guarded;
    url.hash = "";
    if (!isInScope(url)) return { isIn: false, rule: "scope" };
    const trap = trapOf(url);
    if (trap !== undefined) return { isIn: false, rule: trap };
    return { isIn: true, found: { key: canonicalKey(url), url: url.href, host: hostOf(url) } };
  };
  return (text, base) => {
    // Servers write what browsers read, white space and all; the guard takes what callers write.
    if (base !== undefined) return judge(absolute(text, base));
    const verdict = known.get(text) ?? judge(text);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(text, verdict);
    return verdict;
  };
}

/** The host that is spared, with its port: the dot that makes a name absolute makes it no other. */
export function hostOf({ hostname, port }: URL): string {
  return withoutFinalDot(hostname) + (port === "" ? "" : `:${port}`);
}

/** A reference as a URL; as it is, where it cannot be read. */
export function absolute(reference: string, base: URL): string {
  return URL.parse(reference, base.href)?.href ?? reference;
}
