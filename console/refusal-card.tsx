import type { BranchReport } from "./answers.ts";
import type { Refusal } from "./api.ts";
import { formatDuration } from "./format.ts";
import { toneOf } from "./outcome.ts";

interface RefusalCardProps {
  readonly refusal: Refusal;
  readonly onRetry: () => void;
}

/** A problem, in the place of the answer. */
export function RefusalCard({ refusal: { problem, exchange }, onRetry }: RefusalCardProps) {
  const { title, detail, branches = [] } = problem;
  const requestId = problem.instance ?? exchange.requestId;
  return (
    <article class="panel card failure">
      <header>
        <span class="chip bad">{exchange.status}</span>
        <h2>{title}</h2>
      </header>
      {detail !== undefined && <p>{withCode(detail)}</p>}
      {requestId !== undefined && (
        <p class="request-id">
          Request <code>{requestId}</code>
        </p>
      )}
      {branches.length > 0 && <Branches branches={branches} />}
      <p>
        <button type="button" class="main" onClick={onRetry}>
          Try again
        </button>
      </p>
    </article>
  );
}

/** What a sentence has between backticks is code. */
function withCode(sentence: string) {
  return sentence.split("`").map((part, index) => (index % 2 === 0 ? part : <code>{part}</code>));
}

function Branches({ branches }: { readonly branches: readonly BranchReport[] }) {
  return (
    <table class="branches">
      <thead>
        <tr>
          <th>Branch</th>
          <th>Outcome</th>
          <th>Attempts</th>
          <th>Took</th>
        </tr>
      </thead>
      <tbody>
        {branches.map(({ name, outcome, attempts, elapsedMs }) => (
          <tr>
            <td>{name}</td>
            <td>
              <span class={`outcome ${toneOf(outcome)}`}>{outcome}</span>
            </td>
            <td>{attempts}</td>
            <td>{formatDuration(elapsedMs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
