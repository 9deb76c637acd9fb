import type { CountryName } from "./answers.ts";
import type { CountryAnswer, Refusal, Unreachable } from "./api.ts";
import { CountryCard } from "./country-card.tsx";
import { ExchangePanel } from "./exchange-panel.tsx";
import { RefusalCard } from "./refusal-card.tsx";
import { TimelinePanel } from "./timeline-panel.tsx";
import { UnreachableCard } from "./unreachable-card.tsx";

interface CountryPageProps {
  readonly answer: CountryAnswer | Refusal | Unreachable;
  readonly names: readonly CountryName[];
  /** Whether another answer is on its way. */
  readonly isStale: boolean;
  readonly onRetry: () => void;
}

/** One answer: what it says, how long it took, and how it looked on the wire. */
export function CountryPage({ answer, names, isStale, onRetry }: CountryPageProps) {
  return (
    <div class={isStale ? "answer stale" : "answer"} aria-busy={isStale ? "true" : "false"}>
      {answer.kind === "country" && (
        <CountryCard country={answer.country} missing={answer.missing} names={names} />
      )}
      {answer.kind === "refused" && <RefusalCard refusal={answer} onRetry={onRetry} />}
      {answer.kind === "unreachable" && <UnreachableCard failure={answer} onRetry={onRetry} />}
      {answer.kind !== "unreachable" && (
        <div class="side">
          <TimelinePanel timeline={answer.timeline} isAnswered={answer.kind === "country"} />
          <ExchangePanel exchange={answer.exchange} />
        </div>
      )}
    </div>
  );
}
