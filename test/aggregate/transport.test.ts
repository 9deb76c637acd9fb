import { describe, expect, it } from "vitest";
import { type CancelSignal, gather, Semaphore, VirtualClock } from "#kernel";
import { type LaneCall, serveSlice, type Slice } from "../../src/aggregate/lane.ts";
import type { Reply } from "../../src/aggregate/reply.ts";
import { type OpenLane, openTransport } from "../../src/aggregate/transport.ts";
import { type FakeAnswers, fakeUpstream } from "../support/fake-upstream.ts";

const call = (path: string, method = "GET"): LaneCall => ({
  url: `https://atlas.example${path}`,
  method,
  headers: {},
  body: null,
  timeoutMs: 1_000,
  maxBytes: 1_000,
  readsAll: false,
});

/** A transport with lanes that are as real as they get without a runtime. */
function open(answers: FakeAnswers, breakLane?: (lane: number) => boolean) {
  const clock = new VirtualClock();
  const { state, fetch } = fakeUpstream(clock, answers);
  const slices: number[] = [];
  /** The lanes that are in hand. */
  const taken = new Set<number>();
  const send = async (lane: number, request: Request) => {
    const slice = (await request.json()) as Slice;
    slices.push(slice.calls.length);
    if (breakLane?.(lane) === true) throw new Error("The lane is overloaded");
    return serveSlice(slice, request.signal, {
      fetch,
      clock,
      name: `lane-${lane}`,
      connections: new Semaphore(6),
    });
  };
  let lanes = 0;
  const openLane: OpenLane = () => {
    const lane = lanes++;
    taken.add(lane);
    return {
      send: async (request) => await send(lane, request),
      [Symbol.dispose]: () => void taken.delete(lane),
    };
  };
  const transport = openTransport({ clock, fetch, name: "worker", openLane });
  return { clock, state, slices, taken, transport };
}

const statusOf = async (reply: Reply) => {
  await reply.cancel();
  return reply.status;
};

describe("the transport", () => {
  const slow = { "/": { afterMs: 100, body: "good" } };

  it("sends six calls itself and the rest over lanes, six each, all at once", async () => {
    const { clock, state, slices, taken, transport } = open(slow);
    const tasks = Array.from({ length: 20 }, () => async (signal: CancelSignal) => {
      const reply = await transport.send(call("/"), signal);
      return [reply.status, await reply.text(100, signal)];
    });
    const answers = await clock.run(gather(tasks));
    expect(answers).toEqual(Array.from({ length: 20 }, () => [200, '"good"']));
    expect(slices).toEqual([6, 6, 2]);
    expect(clock.now()).toBe(100);
    expect(taken.size).toBe(0);
    const lanes = state.requests.map(({ headers }) => (headers as Record<string, string>)["Manifold-Lane"]);
    expect(lanes.filter((lane) => lane === "worker")).toHaveLength(6);
    expect(lanes.filter((lane) => lane === "lane-0")).toHaveLength(6);
    expect(lanes.filter((lane) => lane === "lane-2")).toHaveLength(2);
  });

  it("gives a lane back with its last answer, for nothing of a request may run when that is out", async () => {
    const clock = new VirtualClock();
    const { fetch } = fakeUpstream(clock, slow);
    let given = 0;
    const openLane: OpenLane = () => ({
      async send(request) {
        const slice = (await request.json()) as Slice;
        const world = { fetch, clock, name: "lane", connections: new Semaphore(6) };
        const { body } = serveSlice(slice, request.signal, world);
        const endless = new TransformStream<Uint8Array, Uint8Array>({
          flush: async () => await new Promise(() => undefined),
        });
        return new Response(body?.pipeThrough(endless) ?? null);
      },
      [Symbol.dispose]: () => void (given += 1),
    });
    const transport = openTransport({ clock, fetch, name: "worker", openLane });
    const tasks = Array.from(
      { length: 12 },
      () => async (signal: CancelSignal) => await statusOf(await transport.send(call("/"), signal)),
    );
    await clock.run(gather(tasks));
    expect(given).toBe(1);
  });

  it("waits for a connection where there are no lanes", async () => {
    const clock = new VirtualClock();
    const { state, fetch } = fakeUpstream(clock, slow);
    const transport = openTransport({ clock, fetch, name: "worker" });
    const tasks = Array.from(
      { length: 12 },
      () => async (signal: CancelSignal) => await statusOf(await transport.send(call("/"), signal)),
    );
    await clock.run(gather(tasks));
    expect(state.mostOpen).toBe(6);
    expect(clock.now()).toBe(200);
  });

  it("tells how a call in a lane failed, and leaves the others alone", async () => {
    const { clock, transport } = open({
      "/": { afterMs: 10 },
      "/down": { refuses: true },
      "/slow": { hangs: true },
      "/large": { raw: "x".repeat(1_001) },
      "/empty": { status: 204 },
    });
    const { signal } = new AbortController();
    const busy = Array.from(
      { length: 6 },
      async () => await statusOf(await transport.send(call("/slow"), signal)),
    );
    const failing = busy.map(async (one) => await one.catch(() => "late"));
    const ends = ["/down", "/slow", "/large", "/empty", "/"].map(
      async (path) =>
        await transport.send(call(path), signal).then(
          ({ status }) => status,
          (error: unknown) => (error as { fault: { kind: string } }).fault.kind,
        ),
    );
    expect(await clock.run(Promise.all(ends))).toEqual(["unreachable", "timeout", "too-large", 204, 200]);
    void failing;
  });

  it("reads no body of a failure in a lane either, unless it is asked for", async () => {
    const { clock, state, transport } = open({
      "/slow": { afterMs: 500 },
      "/large": { status: 500, raw: "x".repeat(1_001) },
      "/stuck": { status: 503, raw: "stuck", body2: "hangs" },
      "/told": { status: 404, raw: "told" },
    });
    const { signal } = new AbortController();
    const busy = Array.from(
      { length: 6 },
      async () => await transport.send(call("/slow"), signal).then(statusOf),
    );
    const large = transport.send(call("/large"), signal).then(statusOf);
    const stuck = transport.send(call("/stuck"), signal).then(statusOf);
    const told = transport.send({ ...call("/told"), readsAll: true }, signal);
    const text = told.then(async (reply) => await reply.text(1_000, signal));
    expect(await clock.run(Promise.all([large, stuck, text]))).toEqual([500, 503, "told"]);
    expect([clock.now(), state.open]).toEqual([0, 6]);
    await clock.run(Promise.all(busy));
  });

  it("sends from here what a broken lane could not, where that does no harm", async () => {
    const { clock, slices, taken, transport } = open(slow, () => true);
    const methods = [...Array.from({ length: 8 }, () => "GET"), "POST"];
    const tasks = methods.map(
      (method) => async (signal: CancelSignal) =>
        await transport.send(call("/", method), signal).then(statusOf, (error: Error) => error.name),
    );
    expect(await clock.run(gather(tasks))).toEqual([...Array.from({ length: 8 }, () => 200), "LaneError"]);
    expect(slices).toEqual([3]);
    expect(taken.size).toBe(0);
  });

  it("ends the calls of a slice when nobody waits for them any more", async () => {
    const { clock, state, taken, transport } = open({ "/": { hangs: true } });
    const abort = new AbortController();
    const tasks = Array.from(
      { length: 9 },
      () => async (signal: CancelSignal) => await transport.send(call("/"), signal),
    );
    const outcome = gather(tasks, { signal: abort.signal }).catch((error: unknown) => error);
    await clock.advance(10);
    expect([state.open, taken.size]).toEqual([9, 1]);
    abort.abort(new Error("client gone"));
    expect(await clock.run(outcome)).toMatchObject({ message: "client gone" });
    await clock.advance(10);
    expect({ open: state.open, timers: clock.pending, taken: taken.size }).toEqual({
      open: 0,
      timers: 0,
      taken: 0,
    });
  });
});
