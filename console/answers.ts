/** A country in the list of all. */
export interface CountryName {
  /** Three letters (ISO 3166-1 alpha-3). */
  readonly code: string;
  readonly name: string;
  /** As an emoji. */
  readonly flag: string;
}

/** The answer for one country. A part is absent when its upstream failed. */
export interface Country {
  readonly facts: Facts;
  readonly stats?: Stats;
  readonly airports?: readonly Airport[];
  /** The largest first. */
  readonly cities?: readonly City[];
}

/** What hardly changes about a country. Null is what is not known. */
export interface Facts {
  readonly cca3: string;
  readonly name: string;
  readonly officialName: string;
  readonly flag: string;
  readonly capital: string | null;
  readonly region: string;
  readonly subregion: string | null;
  readonly areaKm2: number | null;
  /** The codes of its neighbours. */
  readonly borders: readonly string[];
  readonly languages: readonly { readonly name: string }[];
  readonly currencies: readonly { readonly name: string; readonly symbol?: string }[];
}

/** Figures of a country. Null is what is not known. */
export interface Stats {
  readonly population: number | null;
  readonly densityPerKm2: number | null;
  readonly citiesOver100k: number;
}

/** An airport; the codes and the city may not be known. */
export interface Airport {
  readonly iata: string | null;
  readonly icao: string | null;
  readonly name: string;
  readonly city: string | null;
}

/** A city and how many live in it. */
export interface City {
  readonly name: string;
  readonly population: number;
}

/** What the API says when it refuses (RFC 9457). */
export interface Problem {
  readonly type?: string;
  readonly title: string;
  readonly status?: number;
  readonly detail?: string;
  /** The request id. */
  readonly instance?: string;
  readonly branches?: readonly BranchReport[];
}

/** What became of one upstream call in a request that failed. */
export interface BranchReport {
  readonly name: string;
  readonly outcome: string;
  readonly attempts: number;
  readonly elapsedMs: number;
}
