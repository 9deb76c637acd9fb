import type { Refusal, Unreachable } from "./exchange.ts";
import { ProblemCard } from "./problem-card.tsx";
import { UnreachableCard } from "./unreachable-card.tsx";

interface FailureCardProps {
  readonly failure: Refusal | Unreachable;
  readonly onRetry: () => void;
}

/** Why there is no answer, in its place. */
export function FailureCard({ failure, onRetry }: FailureCardProps) {
  if (failure.kind === "unreachable") return <UnreachableCard failure={failure} onRetry={onRetry} />;
  const { problem, exchange } = failure;
  const { status, requestId } = exchange;
  return <ProblemCard problem={problem} status={status} requestId={requestId} onRetry={onRetry} />;
}
