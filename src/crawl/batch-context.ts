import type { Semaphore } from "#kernel";
import type { GuardPolicy } from "../http/address-guard.ts";
import type { FetchContext } from "./fetch-context.ts";
import type { GateStub } from "./gate-stub.ts";
import type { CrawlSettings } from "./plan.ts";
import type { Robots } from "./robots.ts";
import type { HostNote, Result } from "./wire.ts";

/** What hosts say, by origin, and until when it holds. */
export type KnownRules = Map<string, { readonly robots: Robots; readonly untilMs: number }>;

/** What a batch is fetched by. */
export interface BatchContext extends FetchContext {
  /** Who asks hosts: the crawl. */
  readonly who: string;
  readonly settings: FetchContext["settings"] & Pick<CrawlSettings, "pace">;
  readonly policy: GuardPolicy;
  readonly gateFor: (host: string) => GateStub;
  /** What hosts that are not spared say. */
  readonly rules: KnownRules;
  /** What an invocation has of them. */
  readonly connections: Semaphore;
  /** Whether what has not begun yet is still wanted. */
  readonly isWanted: () => boolean;
}

/** A batch that is being fetched. */
export interface RunningBatch extends BatchContext {
  /** Nothing begins after that. */
  readonly endMs: number;
}

/** A report that grows. */
export interface GrowingReport {
  readonly lease: number;
  readonly results: Result[];
  readonly hosts: HostNote[];
  robots: number;
}
