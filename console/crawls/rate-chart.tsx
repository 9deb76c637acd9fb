import { formatNumber } from "../format.ts";
import { type Moment, ratesOf } from "./survey.ts";

const WIDTH = 600;
const HEIGHT = 60;

/** Pages a second over the last minutes, as far as this page has seen them. */
export function RateChart({ moments }: { readonly moments: readonly Moment[] }) {
  const rates = ratesOf(moments);
  const most = Math.max(1, ...rates);
  const x = (index: number) => (index * WIDTH) / Math.max(1, rates.length - 1);
  const y = (rate: number) => HEIGHT - (rate / most) * (HEIGHT - 4) - 2;
  const line = rates.map((rate, index) => `${x(index).toFixed(1)},${y(rate).toFixed(1)}`).join(" ");
  const now = `${formatNumber(rates.at(-1) ?? 0)} pages a second; ${formatNumber(most)} at most`;
  return (
    <figure class="rate-chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={now}>
        <polyline points={line} />
      </svg>
      <figcaption class="muted">{now}</figcaption>
    </figure>
  );
}
