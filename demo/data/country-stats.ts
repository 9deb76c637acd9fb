import { citiesOf } from "./cities.ts";
import type { Country } from "./countries.ts";
import { populationOf } from "./populations.ts";

/** Figures computed from the population table, the area and the list of cities. */
export interface CountryStats {
  readonly population: number | null;
  /** To one decimal; null where the population or the area is unknown. */
  readonly densityPerKm2: number | null;
  readonly citiesOver100k: number;
  readonly largestCity: { readonly name: string; readonly population: number } | null;
}

/** Computes the figures of one country. */
export function countryStats({ cca2, cca3, areaKm2 }: Country): CountryStats {
  const population = populationOf(cca3);
  const cities = citiesOf(cca2);
  const [largest] = cities;
  return {
    population,
    densityPerKm2:
      population === null || areaKm2 === null ? null : Math.round((population / areaKm2) * 10) / 10,
    citiesOver100k: cities.filter((city) => city.population > 100_000).length,
    largestCity: largest === undefined ? null : { name: largest.name, population: largest.population },
  };
}
