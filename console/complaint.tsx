import type { Refusal, Unreachable } from "./exchange.ts";
import { withCode } from "./with-code.tsx";

interface ComplaintProps {
  readonly failure: Refusal | Unreachable | undefined;
  /** Whether something was to be read only: then nothing can have been done. */
  readonly isRead?: boolean;
}

/** Why something was not done, next to where it was wanted. */
export function Complaint({ failure, isRead = false }: ComplaintProps) {
  if (failure === undefined) return null;
  if (failure.kind === "unreachable") {
    return (
      <p class="complaint" role="alert">
        {isRead
          ? `No answer came, or not all of it: ${failure.reason}`
          : `No answer came, so nobody knows whether it was done: ${failure.reason}`}
      </p>
    );
  }
  const { problem, exchange } = failure;
  return (
    <p class="complaint" role="alert">
      {withCode(problem.detail ?? problem.title)}
      {exchange.requestId !== undefined && ` (request ${exchange.requestId})`}
    </p>
  );
}
