import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CrawlPage } from "../../console/crawls/answers.ts";
import { type Graph, layOutGraph, nodeByKey, trailOf } from "../../console/crawls/graph-layout.ts";

const urlOf = (index: number) => `https://site.example/${index}`;

/** Pages by the places of their parents in the list, in the order of fetching. */
function pagesUnder(...parents: readonly (number | undefined)[]): readonly CrawlPage[] {
  const depths: number[] = [];
  return parents.map((parent, index) => {
    depths.push(parent === undefined ? 0 : (depths[parent] ?? 0) + 1);
    return {
      seq: index + 1,
      url: urlOf(index),
      ...(parent !== undefined && { parent: urlOf(parent) }),
      status: 200,
      depth: depths[index] ?? 0,
      type: "text/html",
      bytes: 1,
      ms: 1,
      links: 1,
      at: "2026-01-01T12:00:00.000Z",
    };
  });
}

/** Any tree: a start, and pages that some page before led to, a depth after the other. */
const trees = fc
  .array(fc.nat(), { maxLength: 120 })
  .map((numbers) => pagesUnder(undefined, ...numbers.map((number, index) => number % (index + 1))))
  .map((pages) =>
    pages.toSorted((a, b) => a.depth - b.depth).map((page, index) => ({ ...page, seq: index + 1 })),
  );

const radius = ({ x, y }: Graph["nodes"][number]) => Math.hypot(x, y);

describe("layOutGraph", () => {
  it("begins in the middle, and knows who led where", () => {
    const { nodes, borders, reach } = layOutGraph(pagesUnder(undefined, 0, 0, 1));
    expect(nodes[0]).toMatchObject({ x: 0, y: expect.closeTo(0) as number, parent: undefined });
    expect(nodes.map(({ parent }) => parent)).toEqual([undefined, 0, 0, 1]);
    expect(nodes.map(radius).map(Math.round)).toEqual([0, 2, 2, 4]);
    expect({ borders, reach }).toEqual({ borders: [1, 3], reach: 5 });
  });

  it("keeps a page close to the one that led to it", () => {
    const { nodes } = layOutGraph(pagesUnder(undefined, 0, 0, 0, 0, ...Array.from({ length: 20 }, () => 3)));
    const [parent, ...children] = [nodes[3], ...nodes.slice(5)];
    const other = nodes[1];
    if (parent === undefined || other === undefined) throw new Error("Expected a node for each page");
    const distance = (from: typeof parent, to: typeof parent) => Math.hypot(from.x - to.x, from.y - to.y);
    const close = children.filter((child) => child && distance(child, parent) < distance(child, other));
    expect(close.length).toBeGreaterThan(children.length / 2);
  });

  it("draws what no page led to, such as a redirect, without a line", () => {
    const [start, page] = pagesUnder(undefined, 0);
    if (start === undefined || page === undefined) throw new Error("Expected two pages");
    const { nodes } = layOutGraph([start, { ...page, parent: "https://site.example/moved" }]);
    expect(nodes[1]?.parent).toBeUndefined();
  });

  it("moves no page when more come", () => {
    fc.assert(
      fc.property(trees, fc.nat(), (pages, number) => {
        const some = pages.slice(0, number % (pages.length + 1));
        expect(layOutGraph(pages).nodes.slice(0, some.length)).toEqual(layOutGraph(some).nodes);
      }),
      { numRuns: 40 },
    );
  });

  it("puts no two pages in one place, and all within its reach, the deeper ones outside", () => {
    fc.assert(
      fc.property(trees, (pages) => {
        const { nodes, reach } = layOutGraph(pages);
        for (const [index, node] of nodes.entries()) {
          expect(radius(node)).toBeLessThan(reach);
          for (const other of nodes.slice(index + 1)) {
            expect(Math.hypot(node.x - other.x, node.y - other.y)).toBeGreaterThan(0.8);
            if (other.page.depth > node.page.depth) expect(radius(other)).toBeGreaterThan(radius(node) + 1);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("finds room for a page that comes late, among its own while there is some", () => {
    const pages = pagesUnder(undefined, 0, 1, 2, ...Array.from({ length: 80 }, () => 1));
    const { nodes } = layOutGraph(pages);
    const border = radius(nodes[3] ?? expect.fail("there is none")) - 0.5;
    // On two rings, one of which was left free between the depths.
    expect(nodes.filter(({ page }) => page.depth === 2).filter((node) => radius(node) < border)).toHaveLength(
      25 + 31,
    );
    expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(nodes.length);
  });
});

describe("nodeByKey", () => {
  const { nodes } = layOutGraph(pagesUnder(undefined, 0, 0, 2));
  it.each([
    ["ArrowRight", 1, 2],
    ["ArrowRight", 3, 3],
    ["ArrowLeft", 1, 0],
    ["ArrowLeft", 0, 0],
    ["ArrowUp", 3, 2],
    ["ArrowUp", 0, 0],
    ["ArrowDown", 2, 3],
    ["ArrowDown", 1, 1],
    ["Home", 3, 0],
    ["End", 0, 3],
    ["a", 1, undefined],
  ])("%s leads from %i to %s", (key, from, to) => {
    expect(nodeByKey(nodes, from, key)).toBe(to);
  });
});

describe("trailOf", () => {
  it("leads from a page up to the start", () => {
    const { nodes } = layOutGraph(pagesUnder(undefined, 0, 0, 2));
    expect([...trailOf(nodes, 3)]).toEqual([3, 2, 0]);
  });
});
