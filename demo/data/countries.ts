import rows from "world-countries/countries.json" with { type: "json" };

/** One country, territory or dependency. */
export interface Country {
  /** ISO 3166-1 alpha-2, in capitals. */
  readonly cca2: string;
  /** ISO 3166-1 alpha-3, in capitals; `UNK` for Kosovo, which has none. */
  readonly cca3: string;
  readonly name: string;
  readonly officialName: string;
  /** The first one listed where there are several; null where there is none. */
  readonly capital: string | null;
  readonly region: string;
  readonly subregion: string | null;
  readonly areaKm2: number | null;
  readonly latitude: number;
  readonly longitude: number;
  /** The neighbours' `cca3`. */
  readonly borders: readonly string[];
  /** ISO 639-3 codes. */
  readonly languages: readonly { readonly code: string; readonly name: string }[];
  /** ISO 4217 codes. */
  readonly currencies: readonly { readonly code: string; readonly name: string; readonly symbol: string }[];
  /** An emoji. */
  readonly flag: string;
}

type Row = (typeof rows)[number];

const byName = new Intl.Collator("en");

/** All countries, by English name. */
export const COUNTRIES: readonly Country[] = rows
  .map(shapeCountry)
  .toSorted((left, right) => byName.compare(left.name, right.name));

const byCode = new Map(COUNTRIES.map((country) => [country.cca3, country]));

/** The country with this `cca3`, in any case of letters. */
export function findCountry(cca3: string): Country | undefined {
  return byCode.get(cca3.toUpperCase());
}

function shapeCountry(row: Row): Country {
  const [latitude, longitude] = row.latlng;
  return {
    cca2: row.cca2,
    cca3: row.cca3,
    name: row.name.common,
    officialName: row.name.official,
    capital: row.capital[0] ?? null,
    region: row.region,
    subregion: row.subregion === "" ? null : row.subregion,
    // The source writes -1 for an area that it does not know.
    areaKm2: row.area > 0 ? row.area : null,
    latitude,
    longitude,
    borders: row.borders,
    languages: Object.entries(row.languages).map(([code, name]) => ({ code, name })),
    currencies: Object.entries(row.currencies).map(([code, { name, symbol }]) => ({ code, name, symbol })),
    flag: flagEmoji(row.cca2),
  };
}

/** A flag is its country's two letters as regional indicators. The source has the same, but leaves one out (BES). */
function flagEmoji(cca2: string): string {
  const toIndicator = 0x1f1e6 - 0x41;
  return String.fromCodePoint(...Array.from(cca2, (letter) => letter.charCodeAt(0) + toIndicator));
}
