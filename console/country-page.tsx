import type { CountryName } from "./answers.ts";
import type { CountryAnswer } from "./api.ts";
import type { Refusal, Unreachable } from "./exchange.ts";
import { CountryCard } from "./country-card.tsx";
import { culpritOf } from "./culprit.ts";
import { ExchangePanel } from "./exchange-panel.tsx";
import { FailureCard } from "./failure-card.tsx";
import { TimelinePanel } from "./timeline-panel.tsx";

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
      {answer.kind !== "country" && <FailureCard failure={answer} onRetry={onRetry} />}
      {answer.kind !== "unreachable" && (
        <div class="side">
          <TimelinePanel
            timeline={answer.timeline}
            isAnswered={answer.kind === "country"}
            culprit={answer.kind === "refused" ? culpritOf(answer.problem) : undefined}
          />
          <ExchangePanel exchange={answer.exchange} />
        </div>
      )}
    </div>
  );
}
