import type { CountryAnswer } from "./api.ts";
import type { Refusal, Unreachable } from "./exchange.ts";
import { formatBytes } from "./format.ts";
import type { Loading } from "./latest.ts";

interface RequestLineProps {
  readonly state: Loading<string, CountryAnswer | Refusal | Unreachable>;
}

/** What was asked and how it ended, in a line that is also read out when it changes. */
export function RequestLine({ state }: RequestLineProps) {
  return (
    <p class="request" role="status">
      {state.kind !== "idle" && (
        <code>
          <b>GET</b> /api/countries/{state.key}
        </code>
      )}
      {state.kind === "loading" && <span class="muted">asking…</span>}
      {state.kind === "loaded" && <Ending answer={state.value} />}
    </p>
  );
}

function Ending({ answer }: { readonly answer: CountryAnswer | Refusal | Unreachable }) {
  if (answer.kind === "unreachable") return <span class="chip bad">no answer</span>;
  const { status, text } = answer.exchange;
  const isIncomplete = answer.kind === "country" && answer.missing.length > 0;
  const tone = answer.kind === "refused" ? "bad" : isIncomplete ? "slow" : "good";
  return (
    <>
      <span class={`chip ${tone}`}>
        {status}
        {isIncomplete && " incomplete"}
      </span>
      <span class="muted size">{formatBytes(new Blob([text]).size)}</span>
    </>
  );
}
