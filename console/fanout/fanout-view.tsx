import { useSyncExternalStore } from "hono/jsx/dom";
import { RunPanel } from "../run-panel.tsx";
import type { Runner } from "../runner.ts";
import { FanoutForm } from "./fanout-form.tsx";
import { readFanout, writeFanout } from "./fanout.ts";

/** Requests of one's own, made all at once: a bar for each, as for the branches of an endpoint. */
export function FanoutView({ runner }: { readonly runner: Runner }) {
  const run = useSyncExternalStore(runner.subscribe, runner.get);
  const last = run && readFanout(run.target);
  const branches = last?.requests.map(({ id }) => ({ name: id, needs: [] })) ?? [];
  return (
    <div class="tasks">
      <FanoutForm
        last={last}
        isRunning={run?.ending.kind === "running"}
        onRun={(fanout) => runner.start(writeFanout(fanout))}
        onStop={runner.stop}
      />
      <div class="column">
        <p class="unseen" role="status">
          {run && `${run.landed.length} of ${branches.length} have ended`}
        </p>
        {run === undefined ? (
          <p class="muted">Not run yet. Each request will have a bar here, which grows until it lands.</p>
        ) : (
          <RunPanel run={run} branches={branches} onRetry={() => runner.start(run.target)} />
        )}
      </div>
    </div>
  );
}
