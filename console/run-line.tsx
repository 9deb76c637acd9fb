import type { Run } from "./run-state.ts";

interface RunLineProps {
  /** What would be asked: path and query. */
  readonly target: string;
  readonly run: Run | undefined;
  /** How many branches there are. */
  readonly branches: number;
}

/** What is asked and how it goes, in a line that is also read out when it changes. */
export function RunLine({ target, run, branches }: RunLineProps) {
  return (
    <p class="request" role="status">
      <code>
        <b>GET</b> {run?.target ?? target}
      </code>
      {run !== undefined && <Progress run={run} branches={branches} />}
    </p>
  );
}

function Progress({ run: { landed, ending }, branches }: { readonly run: Run; readonly branches: number }) {
  const last = landed.at(-1);
  return (
    <>
      {ending.kind === "running" && (
        <span class="muted">
          {last === undefined
            ? "asking…"
            : `${landed.length} of ${Math.max(branches, landed.length)}: ${last.name} ${last.outcome}`}
        </span>
      )}
      {ending.kind === "ended" && <Status {...ending.summary} />}
      {ending.kind === "failed" && (
        <span class="chip bad">
          {ending.failure.kind === "refused" ? ending.failure.exchange.status : "no answer"}
        </span>
      )}
      {ending.kind === "stopped" && <span class="chip idle">stopped</span>}
    </>
  );
}

interface StatusProps {
  readonly status: number;
  readonly incomplete: string | null;
}

function Status({ status, incomplete }: StatusProps) {
  const isIncomplete = status === 200 && incomplete !== null;
  return (
    <span class={`chip ${status !== 200 ? "bad" : isIncomplete ? "slow" : "good"}`}>
      {status}
      {isIncomplete && " incomplete"}
    </span>
  );
}
