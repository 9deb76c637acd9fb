import { useSyncExternalStore } from "hono/jsx/dom";
import { FailureCard } from "../failure-card.tsx";
import { BucketCard } from "./bucket-card.tsx";
import { FireForm } from "./fire-form.tsx";
import type { Gauge } from "./gauge.ts";
import { VolleyPanel } from "./volley-panel.tsx";

interface LimitsViewProps {
  readonly gauge: Gauge;
  /** The limit that the address names. */
  readonly name: string | undefined;
}

/** A limit: the bucket of one key, and calls that one fires at it. What was seen last stays. */
export function LimitsView({ gauge, name }: LimitsViewProps) {
  const { policies, policy, key, standing, level, volley, failure } = useSyncExternalStore(
    gauge.subscribe,
    gauge.get,
  );
  const isFiring = volley?.calls.some(({ kind }) => kind === "open") ?? false;
  const card = failure && <FailureCard failure={failure} onRetry={gauge.look} />;
  if (policies === undefined) return card ?? <p class="muted">Looking at the limits …</p>;
  if (policies.length === 0) return <p class="muted">The configuration has no limits.</p>;
  return (
    <div class="tasks">
      <div class="column">
        <FireForm
          policies={policies}
          chosen={policy}
          initialKey={key}
          isFiring={isFiring}
          onAim={gauge.aim}
          onFire={gauge.fire}
          onStop={gauge.stop}
        />
      </div>
      <div class="column">
        {card}
        {policy === undefined && <p class="note">{`There is no limit ${name}. Choose another.`}</p>}
        {policy !== undefined && (
          <BucketCard policy={policy} limitKey={key} standing={standing} level={level} isFiring={isFiring} />
        )}
        {volley !== undefined && <VolleyPanel volley={volley} isFiring={isFiring} policy={policy?.name} />}
      </div>
    </div>
  );
}
