import { formatLimit, formatNumber } from "../format.ts";
import { useNow } from "../use-now.ts";
import type { Policy, Standing } from "./answers.ts";
import { BucketDrawing } from "./bucket-drawing.tsx";
import { type Level, levelAt, tokenMs } from "./bucket.ts";

interface BucketCardProps {
  readonly policy: Policy;
  readonly limitKey: string;
  readonly standing: Standing | undefined;
  readonly level: Level | undefined;
  readonly isFiring: boolean;
}

/** A bucket that takes longer to fill does not move for the eye between two looks. */
const SLOW_MS = 120_000;

/** A key's bucket, as full as it must be now by what was heard of it last, and what its limit says. */
export function BucketCard({ policy, limitKey, standing, level, isFiring }: BucketCardProps) {
  const { name, capacity, refill, maxWaitMs, maxWaiters, onFailure } = policy;
  const isFilling =
    level !== undefined &&
    capacity * tokenMs(policy) < SLOW_MS &&
    levelAt(policy, level, performance.now()) < capacity;
  const nowMs = useNow(isFilling || isFiring);
  const tokens = level && levelAt(policy, level, nowMs);
  const { waiting = 0, held = 0 } = standing ?? {};
  return (
    <section class="panel bucket-card" aria-labelledby="bucket-heading">
      <h2 id="bucket-heading" class="caption">
        The bucket of the key <code>{limitKey}</code> under the limit <code>{name}</code>
      </h2>
      <div class="bucket-body">
        <BucketDrawing capacity={capacity} tokens={tokens} waiting={waiting} />
        <dl class="counts">
          <Count name="tokens" value={tokens === undefined ? "–" : wholeOf(tokens, capacity)} />
          <Count name="waiting" value={formatNumber(waiting)} />
          <Count name="on lease" value={formatNumber(held)} />
          <Count name="comes back" value={`${refill.tokens} every ${formatLimit(refill.perMs)}`} />
          <Count name="longest wait" value={formatLimit(maxWaitMs)} />
          <Count name="most who wait" value={formatNumber(maxWaiters)} />
          <Count name="if it cannot be asked" value={onFailure === "open" ? "lets pass" : "refuses"} />
        </dl>
      </div>
    </section>
  );
}

/** A call takes whole tokens. */
function wholeOf(tokens: number, capacity: number): string {
  return `${formatNumber(Math.floor(tokens))} of ${formatNumber(capacity)}`;
}

function Count({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
