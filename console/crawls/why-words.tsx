import { Complaint } from "../complaint.tsx";
import { isAnswer, type Refusal, type Unreachable } from "../exchange.ts";
import type { Why } from "./answers.ts";

/** Why a URL is in a crawl, or is not; or why that could not be had. */
export function WhyWords({ answer }: { readonly answer: Why | Refusal | Unreachable | undefined }) {
  if (answer === undefined) return null;
  if (!isAnswer(answer)) return <Complaint failure={answer} isRead />;
  return (
    <p class="why" role="status">
      <b>{answer.verdict}</b>
      {answer.rule !== undefined && ` · ${answer.rule}`}
      {answer.detail !== undefined && ` · ${answer.detail}`}
      {answer.to !== undefined && ` → ${answer.to}`}
      {answer.parent !== undefined && <span class="muted">{` (found on ${answer.parent})`}</span>}
    </p>
  );
}
