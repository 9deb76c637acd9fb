import type { City } from "./answers.ts";
import { formatNumber } from "./format.ts";

const MOST = 6;

/** The largest cities, with bars that compare them. */
export function CityBars({ cities }: { readonly cities: readonly City[] }) {
  if (cities.length === 0) return <p class="muted">None known.</p>;
  const largest = Math.max(...cities.map(({ population }) => population), 1);
  return (
    <ol class="cities">
      {cities.slice(0, MOST).map(({ name, population }) => (
        <li>
          <span class="name" title={name}>
            {name}
          </span>
          <svg aria-hidden="true">
            <rect class="track" width="100%" height="100%" rx="3" />
            <rect class="fill" width={`${Math.max((population / largest) * 100, 1)}%`} height="100%" rx="3" />
          </svg>
          <span class="figure">{formatNumber(population)}</span>
        </li>
      ))}
    </ol>
  );
}
