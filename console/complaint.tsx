import type { Refusal, Unreachable } from "./exchange.ts";
import { withCode } from "./with-code.tsx";

/** Why something was not done, next to where it was wanted. */
export function Complaint({ failure }: { readonly failure: Refusal | Unreachable | undefined }) {
  if (failure === undefined) return null;
  if (failure.kind === "unreachable") {
    return (
      <p class="complaint" role="alert">
        {`No answer came, so nobody knows whether it was done: ${failure.reason}`}
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
