/** What the canned API says: the countries there are. */
export const COUNTRIES = [
  { code: "FRA", name: "France", flag: "🇫🇷" },
  { code: "DEU", name: "Germany", flag: "🇩🇪" },
  { code: "JPN", name: "Japan", flag: "🇯🇵" },
  { code: "SHN", name: "Saint Helena, Ascension and Tristan da Cunha", flag: "🇸🇭" },
];

/** A whole answer. */
export const FRANCE = {
  facts: {
    cca3: "FRA",
    name: "France",
    officialName: "French Republic",
    flag: "🇫🇷",
    capital: "Paris",
    region: "Europe",
    subregion: "Western Europe",
    areaKm2: 551_695,
    borders: ["AND", "DEU"],
    languages: [{ code: "fra", name: "French" }],
    currencies: [{ code: "EUR", name: "Euro", symbol: "€" }],
  },
  stats: {
    population: 66_977_107,
    densityPerKm2: 121.4,
    citiesOver100k: 39,
    largestCity: { name: "Paris", population: 2_138_551 },
  },
  airports: [
    {
      iata: "CDG",
      icao: "LFPG",
      name: "Charles de Gaulle International Airport",
      city: "Paris",
      size: "large",
    },
    { iata: null, icao: null, name: "A field", city: null, size: "medium" },
  ],
  cities: [
    { name: "Paris", population: 2_138_551 },
    { name: "Marseille", population: 794_811 },
  ],
  _timeline: {
    durationMs: 101.2,
    spans: [
      { name: "facts", startMs: 0.4, endMs: 100.9, outcome: "ok" },
      { name: "stats", startMs: 0.5, endMs: 99.5, outcome: "ok" },
      { name: "airports", startMs: 0.5, endMs: 100.5, outcome: "ok" },
      { name: "cities", startMs: 0.6, endMs: 99.1, outcome: "ok" },
    ],
  },
};

/** An answer without what two of the upstreams should have said. */
export const FRANCE_IN_PART = {
  facts: FRANCE.facts,
  stats: FRANCE.stats,
  _timeline: {
    durationMs: 2_003,
    spans: [
      { name: "facts", startMs: 0.4, endMs: 100.9, outcome: "ok" },
      { name: "stats", startMs: 0.5, endMs: 99.5, outcome: "ok" },
      { name: "airports", startMs: 0.5, endMs: 20.5, outcome: "status=503" },
      { name: "cities", startMs: 0.6, endMs: 2_000.6, outcome: "timeout" },
    ],
  },
};

/** Another whole answer, of which hardly anything is known. */
export const JAPAN = {
  facts: { ...FRANCE.facts, cca3: "JPN", name: "Japan", officialName: "Japan", capital: null, borders: [] },
  stats: { population: null, densityPerKm2: null, citiesOver100k: 0, largestCity: null },
  airports: [],
  cities: [],
  _timeline: { durationMs: 0, spans: [] },
};

/** Long words and long names wherever they can be. */
export const ISLAND = {
  ...FRANCE,
  facts: {
    ...FRANCE.facts,
    cca3: "SHN",
    name: "Saint Helena, Ascension and Tristan da Cunha",
    officialName: "Saint-Helena-Ascension-and-Tristan-da-Cunha-without-a-single-space",
    capital: "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
  },
  airports: [
    {
      iata: "HLE",
      icao: "FHSH",
      name: "The International Airport of Saint Helena on the Plain of Prosperous Bay",
      city: "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
      size: "medium",
    },
  ],
  cities: [{ name: "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", population: 12_345_678 }],
};

/** A problem: one upstream that had to answer did not. */
export const BRANCH_FAILED = {
  type: "urn:manifold:problem:upstream-failed",
  title: "An upstream failed",
  status: 502,
  detail: "Branch `facts` answered with status 500",
  instance: "req-2",
  branches: [
    { name: "facts", outcome: "status=500", attempts: 3, elapsedMs: 95.2 },
    { name: "stats", outcome: "cancelled", attempts: 1, elapsedMs: 95.6 },
  ],
  _timeline: {
    durationMs: 96,
    spans: [
      { name: "facts", startMs: 0.4, endMs: 95.6, outcome: "status=500" },
      { name: "stats", startMs: 0.4, endMs: 96, outcome: "cancelled" },
    ],
  },
};
