import type { BranchReport, Problem } from "./answers.ts";
import { formatDuration } from "./format.ts";
import { toneOf } from "./outcome.ts";
import { needsToken } from "./token.ts";
import { TokenForm } from "./token-form.tsx";
import { withCode } from "./with-code.tsx";

interface ProblemCardProps {
  readonly problem: Problem;
  readonly status: number;
  /** Where the problem does not name the request itself. */
  readonly requestId: string | undefined;
  readonly onRetry: () => void;
}

/** A problem, in the place of the answer. Where a token is missing, or another is needed, there is a field for it. */
export function ProblemCard({ problem, status, onRetry, ...props }: ProblemCardProps) {
  const { title, detail, branches = [] } = problem;
  const requestId = problem.instance ?? props.requestId;
  const isShut = needsToken(status, problem);
  return (
    <article class="panel card failure" role="alert">
      <header>
        <span class="chip bad">{status}</span>
        <h2>{title}</h2>
      </header>
      {detail !== undefined && <p>{withCode(detail)}</p>}
      {requestId !== undefined && (
        <p class="request-id">
          Request <code>{requestId}</code>
        </p>
      )}
      {branches.length > 0 && <Branches branches={branches} />}
      {isShut && <TokenForm onGiven={onRetry} />}
      <p>
        <button type="button" class={isShut ? undefined : "main"} onClick={onRetry}>
          Try again
        </button>
      </p>
    </article>
  );
}

function Branches({ branches }: { readonly branches: readonly BranchReport[] }) {
  return (
    <table class="branches">
      <thead>
        <tr>
          <th>Branch</th>
          <th>Outcome</th>
          <th class="number">Calls</th>
          <th class="number">Took</th>
        </tr>
      </thead>
      <tbody>
        {branches.map(({ name, outcome, attempts, elapsedMs }) => (
          <tr>
            <td>{name}</td>
            <td>
              <span class={`outcome ${toneOf(outcome)}`}>{outcome}</span>
            </td>
            <td class="number">{attempts}</td>
            <td class="number">{formatDuration(elapsedMs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
