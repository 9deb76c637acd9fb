import { type Country, COUNTRIES, findCountry } from "./data/countries.ts";
import { notFound, type Reply } from "./reply.ts";

const PATH = /^\/atlas\/(?:(countries|regions)\/([^/]+))?$/;

/** What crawlers are told. */
const ROBOTS = "User-agent: *\nDisallow: /atlas/drafts/\n";

/** Whether a path is that of a page of the demo's web site, or of its robots.txt. */
export function isSitePath(path: string): boolean {
  return path === "/robots.txt" || path.startsWith("/atlas/");
}

/** A small web site over the same data, for a crawler: a page for each region and country, linked with one another. */
export function siteReply(path: string): Reply {
  if (path === "/robots.txt") {
    return { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: ROBOTS };
  }
  const match = PATH.exec(path);
  if (match === null) return notFound(`No page is at ${path}`);
  const [, kind, name = ""] = match;
  if (kind === undefined) return page("Atlas", list(REGIONS.map(regionLink)) + draft("plans"));
  if (kind === "regions") {
    const countries = COUNTRIES.filter(({ region }) => region.toLowerCase() === name);
    return countries.length === 0
      ? notFound(`No region is called ${name}`)
      : page(countries[0]?.region ?? name, list(countries.map(countryLink)));
  }
  const country = findCountry(name);
  if (country === undefined) return notFound(`No country has the code ${name}`);
  const neighbours = country.borders.map(findCountry).filter((one) => one !== undefined);
  const capital = country.capital === null ? "" : `<p>Capital: ${escape(country.capital)}</p>`;
  return page(
    country.name,
    `${capital}<p>${regionLink(country.region)}</p>${list(neighbours.map(countryLink))}`,
  );
}

const REGIONS = [...new Set(COUNTRIES.map(({ region }) => region))].toSorted();

function regionLink(region: string): string {
  return link(`regions/${region.toLowerCase()}`, region);
}

function countryLink({ cca3, name }: Country): string {
  return link(`countries/${cca3}`, name);
}

/** Of what robots are to leave alone. */
function draft(name: string): string {
  return `<p>${link(`drafts/${name}`, "Drafts")}</p>`;
}

function link(path: string, text: string): string {
  return `<a href="/atlas/${path}">${escape(text)}</a>`;
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>`;
}

function page(title: string, content: string): Reply {
  const home = link("", "Atlas");
  const body = `<!doctype html><html lang="en"><title>${escape(title)}</title><nav>${home}</nav><h1>${escape(title)}</h1>${content}</html>`;
  return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body };
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
