import { existsSync, readdirSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { PROBLEMS } from "../src/http/problem.ts";

const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "docs/problems.md",
  ...readdirSync("docs/decisions").map((name) => `docs/decisions/${name}`),
];

const foldersIn = (path: string) =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name);

const read = (path: string) => readFileSync(path, "utf8");

describe("the README", () => {
  const readme = read("README.md");

  it("shows code that is in the file it names", () => {
    const snippets = [...readme.matchAll(/<!-- from (\S+) -->\s+```ts\n([^]*?)```/g)];
    expect(snippets.length).toBe(readme.match(/```ts/g)?.length);
    for (const [, path = "", code = ""] of snippets) expect(read(path)).toContain(code);
  });

  it("has every folder on its map", () => {
    const map = [...readme.matchAll(/^\| `([\w/-]+)` +\|/gm)].map(([, path]) => path);
    const folders = foldersIn(".").filter((name) => !["node_modules", "public", "src"].includes(name));
    expect(map).toEqual(
      expect.arrayContaining([...folders, ...foldersIn("src").map((name) => `src/${name}`)]),
    );
  });

  it("names every switch of `npm start`, and no other", () => {
    const switches = [...readme.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, name]) => name);
    const source = read("scripts/options.ts").matchAll(
      /(?:integer|oneOf)\("([A-Z_]+)"|given\("(STATE_DIR)"\)/g,
    );
    const known = [...source].map(([, checked, plain]) => checked ?? plain);
    expect(new Set(switches)).toEqual(new Set(known));
  });
});

describe("docs/problems.md", () => {
  it("explains every problem with its status, and no other", () => {
    const rows = [...read("docs/problems.md").matchAll(/^\| `([a-z-]+)` +\| (\d{3}|4xx) +\|/gm)];
    const documented = Object.fromEntries(rows.map(([, code, status]) => [code, status]));
    const expected = Object.entries(PROBLEMS).map(([code, [status]]) => [code, String(status)]);
    // Its status is the upstream's.
    expect(documented).toEqual({ ...Object.fromEntries(expected), "upstream-refused": "4xx" });
  });
});

describe.each(PAGES)("%s", (page) => {
  it("links to files that are there", () => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(new URL(link, pathToFileURL(page))))).toEqual([]);
  });
});
