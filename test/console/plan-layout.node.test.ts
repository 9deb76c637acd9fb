import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { edgePath } from "../../console/plan-edge.ts";
import { layOutPlan, NODE } from "../../console/plan-layout.ts";
import { DEEP } from "./plans.ts";

/** Any plan: each branch needs some of those before it, and is in the first wave after theirs. */
const plans = fc
  .array(fc.array(fc.nat({ max: 100 }), { maxLength: 3 }), { minLength: 1, maxLength: 12 })
  .map((wishes) => {
    const waveOf: number[] = [];
    const branches = wishes.map((wished, index) => {
      const needs = index === 0 ? [] : [...new Set(wished.map((number) => number % index))];
      waveOf.push(Math.max(0, ...needs.map((need) => (waveOf[need] ?? 0) + 1)));
      return { name: `b${index}`, needs: needs.map((need) => `b${need}`) };
    });
    const waves = Array.from({ length: Math.max(...waveOf) + 1 }, (_, wave) =>
      branches.filter((__, index) => waveOf[index] === wave).map(({ name }) => name),
    );
    return { waves, branches, criticalPath: { branches: ["b0"] } };
  });

describe("layOutPlan", () => {
  const graph = layOutPlan(DEEP);
  const nodeOf = (name: string) => graph.nodes.find((node) => node.name === name) ?? expect.fail(name);
  const edgeOf = (from?: string, to?: string) =>
    graph.edges.find((edge) => edge.from === from && edge.to === to) ?? expect.fail(`${from} → ${to}`);

  it("puts each wave in a column of its own", () => {
    expect(graph.columns).toHaveLength(3);
    expect(nodeOf("order").x).toBe(nodeOf("prices").x);
    expect(nodeOf("customer").x).toBe(graph.columns[1]);
  });

  it("leads from the request to what needs nothing, along the needs, and to the answer", () => {
    expect(graph.edges.map(({ from, to }) => `${from} → ${to}`)).toEqual([
      "undefined → order",
      "order → customer",
      "undefined → prices",
      "customer → invoice",
      "prices → invoice",
      "invoice → undefined",
    ]);
  });

  it("knows the critical path from end to end", () => {
    expect(graph.nodes.filter(({ isCritical }) => isCritical).map(({ name }) => name)).toEqual([
      "order",
      "customer",
      "invoice",
    ]);
    expect(graph.edges.filter(({ isCritical }) => isCritical)).toEqual([
      edgeOf(undefined, "order"),
      edgeOf("order", "customer"),
      edgeOf("customer", "invoice"),
      edgeOf("invoice", undefined),
    ]);
  });

  it("keeps a branch at the height of the only one it needs", () => {
    expect(nodeOf("customer").y).toBe(nodeOf("order").y);
  });

  it("puts a branch in the middle of those that need it", () => {
    const { nodes } = layOutPlan({
      waves: [["a"], ["b", "c", "d"]],
      branches: [{ name: "a", needs: [] }, ...["b", "c", "d"].map((name) => ({ name, needs: ["a"] }))],
      criticalPath: { branches: ["a"] },
    });
    const [a, b, c, d] = nodes.map(({ y }) => y);
    expect(a).toBe(c);
    expect([b, c, d]).toEqual([b, c, d].toSorted((one, other) => Number(one) - Number(other)));
  });

  it("orders a column by what its branches need, so that lines do not cross", () => {
    const { nodes } = layOutPlan({
      waves: [
        ["a", "b"],
        ["late", "early"],
      ],
      branches: [
        { name: "a", needs: [] },
        { name: "b", needs: [] },
        { name: "late", needs: ["b"] },
        { name: "early", needs: ["a"] },
      ],
      criticalPath: { branches: ["a"] },
    });
    expect(
      nodes.toSorted((one, other) => one.x - other.x || one.y - other.y).map(({ name }) => name),
    ).toEqual(["a", "b", "early", "late"]);
  });

  it("leads a line that skips a column past what stands there", () => {
    const { points } = edgeOf("prices", "invoice");
    expect(points).toHaveLength(4);
    expect(points[1]).toMatchObject({ x: nodeOf("customer").x });
    expect(points[1]?.y).toBeGreaterThan(nodeOf("customer").y + NODE.height);
  });

  it("lets nothing overlap or stick out, and leads every line forward", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const { nodes, edges, width, height } = layOutPlan(plan);
        expect(nodes).toHaveLength(plan.branches.length);
        for (const [index, { x, y }] of nodes.entries()) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(x + NODE.width).toBeLessThanOrEqual(width);
          expect(y + NODE.height).toBeLessThanOrEqual(height);
          for (const other of nodes.slice(index + 1)) {
            if (other.x === x) expect(Math.abs(other.y - y)).toBeGreaterThan(NODE.height);
          }
        }
        for (const { points } of edges) {
          const xs = points.map(({ x }) => x);
          expect(xs).toEqual(xs.toSorted((a, b) => a - b));
          // What passes through a column passes between its branches.
          for (const { x, y } of points.slice(1, -1)) {
            const inColumn = nodes.filter((node) => x >= node.x && x <= node.x + NODE.width);
            expect(inColumn.some((node) => y > node.y && y < node.y + NODE.height)).toBe(false);
          }
        }
      }),
    );
  });
});

describe("edgePath", () => {
  it("curves between columns and is straight within one", () => {
    const points = [
      { x: 0, y: 0 },
      { x: 10, y: 5 },
      { x: 20, y: 5 },
      { x: 30, y: 9 },
    ];
    expect(edgePath(points)).toBe("M0 0C5 0 5 5 10 5L20 5C25 5 25 9 30 9");
  });
});
