import { useState } from "hono/jsx/dom";
import { Complaint } from "../complaint.tsx";
import type { Refusal, Unreachable } from "../exchange.ts";
import { formatBytes, formatNumber } from "../format.ts";
import type { Tone } from "../outcome.ts";
import type { Crawl } from "./answers.ts";
import { RateChart } from "./rate-chart.tsx";
import type { Moment } from "./survey.ts";
import type { Steering } from "./surveyor.ts";

interface CrawlCardProps {
  readonly crawl: Crawl;
  readonly moments: readonly Moment[];
  readonly onSteer: (steering: Steering) => Promise<Refusal | Unreachable | undefined>;
}

const TONES: Readonly<Record<Crawl["state"], Tone>> = {
  running: "busy",
  paused: "slow",
  "all-done": "good",
  "max-pages": "good",
  stopped: "idle",
};

const WORDS: Readonly<Partial<Record<keyof Crawl["counts"], string>>> = {
  known: "URLs known",
  redirects: "redirects",
  failed: "failed",
  keptOut: "kept out",
  retries: "retries",
  links: "links",
};

/** How a crawl stands, how fast it goes, and what can be done about it. */
export function CrawlCard({ crawl, moments, onSteer }: CrawlCardProps) {
  const [complaint, setComplaint] = useState<Refusal | Unreachable | undefined>(undefined);
  const { state, counts, maxPages, depth, rate, startUrls, id } = crawl;
  const steer = async (steering: Steering) => setComplaint(await onSteer(steering));
  const isOpen = state === "running" || state === "paused";
  // Of one that had ended before it was opened, there is nothing to draw.
  const hasMoved = isOpen || moments[0]?.pages !== crawl.counts.pages;
  return (
    <article class="panel task" aria-labelledby="crawl-heading">
      <header>
        <h2 id="crawl-heading">{startUrls[0]}</h2>
        <span class={`chip ${TONES[state]}`} role="status">
          {state}
        </span>
        {isOpen && (
          <button type="button" onClick={() => void steer(state === "paused" ? "resume" : "pause")}>
            {state === "paused" ? "Resume" : "Pause"}
          </button>
        )}
        {isOpen && (
          <button type="button" onClick={() => void steer("stop")}>
            Stop
          </button>
        )}
        <a class="close" href="#crawls">
          Close
        </a>
      </header>
      <p class="muted facts">
        <code>{id}</code>
        <span>{`depth ${depth}`}</span>
        <span>{`${formatNumber(rate)} pages a second${isOpen ? "" : " in all"}`}</span>
        <span>{formatBytes(counts.bytes)}</span>
      </p>
      <Complaint failure={complaint} />
      <p>
        <progress max={maxPages} value={counts.pages} aria-label="Pages fetched, of those it may" />{" "}
        {`${counts.pages.toLocaleString("en")} of ${maxPages.toLocaleString("en")} pages at most`}
      </p>
      {hasMoved && <RateChart moments={moments} />}
      <dl class="counts">
        {Object.entries(WORDS).map(([name, words]) => (
          <div key={name}>
            <dt>{words}</dt>
            <dd>{counts[name as keyof typeof WORDS].toLocaleString("en")}</dd>
          </div>
        ))}
      </dl>
    </article>
  );
}
