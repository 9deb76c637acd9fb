import { render } from "hono/jsx/dom";
import { getCountries, getCountry } from "./api.ts";
import { App } from "./app.tsx";
import { codeInHash } from "./deep-link.ts";
import { createLatest } from "./latest.ts";

const countries = createLatest(getCountries);
const country = createLatest(getCountry);

/** The address says which country is shown, so that going back and sharing a link work. */
function follow(): void {
  const code = codeInHash(location.hash);
  if (code === undefined) country.clear();
  else country.load(code);
}

function pick(code: string): void {
  if (codeInHash(location.hash) === code) country.load(code);
  else location.hash = code;
}

country.subscribe(() => {
  const state = country.get();
  if (state.kind === "loading") return;
  const isShown = state.kind === "loaded" && state.value.kind === "country";
  document.title = isShown ? `${state.value.country.facts.name} · Manifold` : "Manifold";
});

const root = document.getElementById("app");
if (root === null) throw new Error("Expected index.html to have an element #app");
render(<App countries={countries} country={country} onPick={pick} />, root);
addEventListener("hashchange", follow);
countries.load(undefined);
follow();
