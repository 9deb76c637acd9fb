import { describe, expect, it } from "vitest";
import { prepareLanes } from "../src/lanes.ts";

const slice = () => new Request("https://lane/");

/** A request from a place. */
const from = (colo?: string) =>
  new Request("https://manifold.example/", colo === undefined ? {} : { cf: { colo } });

/** Lanes that answer with their name. */
const lanes = {
  getByName: (name: string) => ({ fetch: async () => await Promise.resolve(new Response(name)) }),
} as unknown as DurableObjectNamespace; // only this much is used

const nameOf = async (lane: { send(slice: Request): Promise<Response> }) =>
  await (await lane.send(slice())).text();

describe("prepareLanes", () => {
  const lanesFor = prepareLanes(lanes, () => 0.5);

  it("gives no two slices of an isolate the same lane at a time, whichever request they are of", async () => {
    const one = lanesFor(from());
    const other = lanesFor(from());
    using a = one();
    using b = other();
    using c = one();
    expect(await Promise.all([a, b, c].map(nameOf))).toEqual(["here-8-0", "here-8-1", "here-8-2"]);
  });

  it("takes the lane again that was given back last", async () => {
    const open = prepareLanes(lanes, () => 0)(from());
    const [first, second] = [open(), open()];
    second[Symbol.dispose]();
    first[Symbol.dispose]();
    using again = open();
    using then = open();
    expect([await nameOf(again), await nameOf(then)]).toEqual(["here-0-0", "here-0-1"]);
  });

  it("takes lanes where the request came in", async () => {
    using lane = prepareLanes(lanes, () => 0.999)(from("CDG"))();
    expect(await nameOf(lane)).toBe("CDG-15-0");
  });
});
