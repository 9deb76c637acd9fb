import { useEffect, useRef, useState } from "hono/jsx/dom";
import type { Refusal, Unreachable } from "../exchange.ts";
import type { CrawlPage } from "./answers.ts";
import { type Link, readLinks } from "./read-links.ts";

/** The links between pages, as they were when somebody asked for them. */
export interface KnownLinks {
  readonly links: readonly Link[];
  readonly isReading: boolean;
  /** Whether there are pages that have come since. */
  readonly isOld: boolean;
  readonly failure: Refusal | Unreachable | undefined;
  readonly read: () => void;
}

/** Reads the links between the first pages of a crawl when it is told to, and not by itself: they are many. */
export function useLinks(id: string, pages: readonly CrawlPage[]): KnownLinks {
  const [known, setKnown] = useState<{ readonly links: readonly Link[]; readonly pages: number }>(NONE);
  const [isReading, setReading] = useState(false);
  const [failure, setFailure] = useState<Refusal | Unreachable | undefined>(undefined);
  const current = useRef(new AbortController());
  useEffect(() => () => current.current?.abort(), []);
  const read = async (signal: AbortSignal) => {
    setReading(true);
    setFailure(undefined);
    try {
      const urls = pages.map(({ url }) => url);
      const answer = await readLinks(id, urls, signal);
      if ("kind" in answer) setFailure(answer);
      else setKnown({ links: answer, pages: pages.length });
    } catch (error) {
      // We aborted it ourselves.
      if (!signal.aborted) throw error;
    }
    setReading(false);
  };
  const { links } = known;
  return {
    links,
    isReading,
    isOld: pages.length > known.pages,
    failure,
    read() {
      current.current = new AbortController();
      void read(current.current.signal);
    },
  };
}

const NONE = { links: [], pages: 0 };
