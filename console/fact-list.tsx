import type { Facts, Stats } from "./answers.ts";
import { formatNumber } from "./format.ts";

interface FactListProps {
  readonly facts: Facts;
  readonly stats: Stats | undefined;
}

/** A country in figures and words. */
export function FactList({ facts, stats }: FactListProps) {
  const { capital, areaKm2, languages, currencies, region, subregion } = facts;
  return (
    <dl class="facts">
      <Fact term="Capital" value={capital} />
      <Fact term="Region" value={subregion ?? region} />
      <Fact term="Area" value={quantity(areaKm2, "km²")} />
      {stats !== undefined && (
        <>
          <Fact term="Population" value={quantity(stats.population)} />
          <Fact term="Density" value={quantity(stats.densityPerKm2, "/ km²")} />
          <Fact term="Cities over 100,000" value={quantity(stats.citiesOver100k)} />
        </>
      )}
      <Fact term="Languages" value={joined(languages)} />
      <Fact term="Currencies" value={joined(currencies)} />
    </dl>
  );
}

function Fact({ term, value }: { readonly term: string; readonly value: string | null }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{value === null || value === "" ? <span class="muted">none known</span> : value}</dd>
    </div>
  );
}

function quantity(value: number | null, unit?: string): string | null {
  if (value === null) return null;
  return unit === undefined ? formatNumber(value) : `${formatNumber(value)}\u00a0${unit}`;
}

function joined(items: readonly { readonly name: string }[]): string {
  return items.map(({ name }) => name).join(", ");
}
