import { seededDice } from "../../support/random.ts";

/** What a URL of a site is. */
type Thing =
  | { readonly kind: "page"; readonly links: readonly string[] }
  | { readonly kind: "redirect"; readonly to: string }
  | { readonly kind: "missing" };

/** A site over some hosts, made of a seed. */
export interface Site {
  readonly start: string;
  readonly things: ReadonlyMap<string, Thing>;
}

/** Makes one. */
export function makeSite(seed: number): Site {
  const dice = seededDice(seed);
  const hosts = ["a.example.com", "b.example.com", "127.0.0.1:8000"].slice(0, dice.between(1, 3));
  const count = dice.between(8, 32);
  const urlOf = (index: number) => {
    // Which host it is on, and whether it is what, hangs on the index alone.
    const host = hosts[(index * 7 + (index >> 2)) % hosts.length] ?? "";
    const scheme = host.startsWith("127") ? "http" : "https";
    return `${scheme}://${host}/${index % 9 === 8 ? "private" : "p"}/${index}`;
  };
  const things = new Map<string, Thing>();
  for (let index = 0; index < count; index += 1) {
    const targets = Array.from({ length: dice.between(0, 5) }, () => dice.between(0, count - 1));
    const children = [index * 2 + 1, index * 2 + 2].filter((one) => one < count);
    const links = [...children, ...targets].map(urlOf);
    const isPlain = index === 0 || !dice.oneIn(8);
    const other: Thing = dice.oneIn(2)
      ? { kind: "missing" }
      : { kind: "redirect", to: urlOf(targets[0] ?? 0) };
    things.set(urlOf(index), isPlain ? { kind: "page", links } : other);
  }
  return { start: urlOf(0), things };
}

/** Rules of all hosts. */
export const ROBOTS = "User-agent: *\nDisallow: /private/\n";
