import type { CountryName } from "./answers.ts";

/** Finds the country that someone means by a whole name or a code, in any case of letters. */
export function findExact(countries: readonly CountryName[], text: string): CountryName | undefined {
  const wanted = fold(text);
  return countries.find(({ code, name }) => fold(name) === wanted || fold(code) === wanted);
}

/** Finds the country that someone most likely means by part of a name: a beginning before a middle. */
export function findBest(countries: readonly CountryName[], text: string): CountryName | undefined {
  const wanted = fold(text);
  if (wanted === "") return undefined;
  return (
    findExact(countries, text) ??
    countries.find(({ name }) => fold(name).startsWith(wanted)) ??
    countries.find(({ name }) => fold(name).includes(wanted))
  );
}

/** Without case and accents: nobody should need to type the ring of Åland. */
function fold(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").trim().toLowerCase();
}
