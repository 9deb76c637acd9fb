import type { Clock } from "#kernel";
import type { GuardPolicy } from "../http/address-guard.ts";
import type { CrawlStub } from "./stub.ts";

/** Where the files of archives are: as much of a bucket of R2 as is needed. */
export interface ArchiveBucket {
  get(
    key: string,
    options?: { readonly range: { readonly offset: number; readonly length: number } },
  ): Promise<{ readonly body: ReadableStream } | null>;
}

/** Where crawls run, and what they may ask. */
export interface CrawlOptions {
  readonly crawlFor: (id: string) => CrawlStub;
  readonly policy: GuardPolicy;
  /** How long they are kept after their end. */
  readonly retentionMs: number;
  /** Where their archives are. */
  readonly archives: ArchiveBucket;
  readonly world: {
    readonly clock: Clock;
    readonly epochMs: () => number;
    readonly random: () => number;
  };
}
