import rows from "country-json/src/country-by-population.json" with { type: "json" };
import countries from "world-countries/countries.json" with { type: "json" };

/** Names under which the population table has a country that lists no such name among its own. */
const ALIASES: Readonly<Record<string, string>> = {
  COD: "The Democratic Republic of Congo",
  FJI: "Fiji Islands",
  TUR: "Turkey",
};

const byName = new Map(rows.map(({ country, population }) => [country.toLowerCase(), population]));

const byCode = new Map(
  countries.map(({ cca3, name, altSpellings }) => {
    const names = [name.common, name.official, ...altSpellings, ALIASES[cca3] ?? ""];
    return [
      cca3,
      names.map((each) => byName.get(each.toLowerCase())).find((population) => population !== undefined),
    ];
  }),
);

/** The number of inhabitants, or null where the table does not have the country. */
export function populationOf(cca3: string): number | null {
  return byCode.get(cca3) ?? null;
}
