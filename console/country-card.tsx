import type { Country, CountryName } from "./answers.ts";
import { AirportList } from "./airport-list.tsx";
import { CityBars } from "./city-bars.tsx";
import { FactList } from "./fact-list.tsx";
import { Flag } from "./flag.tsx";
import type { Missing } from "./incomplete.ts";
import { MissingNote } from "./missing-note.tsx";

interface CountryCardProps {
  readonly country: Country;
  readonly missing: readonly Missing[];
  readonly names: readonly CountryName[];
}

/** What is known of a country. A part that is missing says so in its place. */
export function CountryCard({ country, missing, names }: CountryCardProps) {
  const { facts, stats, cities, airports } = country;
  return (
    <article class="panel card">
      <header>
        <Flag emoji={facts.flag} code={facts.cca3} />
        <div>
          <h2>{facts.name}</h2>
          {facts.officialName !== facts.name && <p class="muted">{facts.officialName}</p>}
        </div>
      </header>
      <FactList facts={facts} stats={stats} />
      {stats === undefined && <MissingNote part="stats" missing={missing} />}
      <Neighbours codes={facts.borders} names={names} />
      <section>
        <h3 class="caption">Largest cities</h3>
        {cities === undefined ? (
          <MissingNote part="cities" missing={missing} />
        ) : (
          <CityBars cities={cities} />
        )}
      </section>
      <section>
        <h3 class="caption">Airports</h3>
        {airports === undefined ? (
          <MissingNote part="airports" missing={missing} />
        ) : (
          <AirportList airports={airports} />
        )}
      </section>
    </article>
  );
}

interface NeighboursProps {
  readonly codes: readonly string[];
  readonly names: readonly CountryName[];
}

function Neighbours({ codes, names }: NeighboursProps) {
  if (codes.length === 0) return null;
  return (
    <section>
      <h3 class="caption">Borders</h3>
      <ul class="tags">
        {codes.map((code) => (
          <li key={code}>
            <a href={`#${code}`}>{names.find((name) => name.code === code)?.name ?? code}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}
