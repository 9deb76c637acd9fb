import type { Airport } from "./answers.ts";

const MOST = 6;

/** The first airports of a list that has the large ones first. */
export function AirportList({ airports }: { readonly airports: readonly Airport[] }) {
  if (airports.length === 0) return <p class="muted">None known.</p>;
  const more = airports.length - MOST;
  return (
    <>
      <ul class="airports">
        {airports.slice(0, MOST).map(({ iata, icao, name, city }) => (
          <li>
            <code>{iata ?? icao ?? "–"}</code>
            <span class="name" title={name}>
              {name}
            </span>
            <span class="muted city">{city}</span>
          </li>
        ))}
      </ul>
      {more > 0 && <p class="muted more">and {more} more</p>}
    </>
  );
}
