import { describe, expect, it } from "vitest";
import { type CancelSignal, Channel, ChannelClosedError, gather, sleep, VirtualClock } from "#kernel";
import { everyInterleaving, inAnyOrder } from "../support/interleavings.ts";

describe("Channel", () => {
  it("keeps order, and holds senders back while it is full", async () => {
    const channel = new Channel<number>(2);
    const sent: number[] = [];
    const sending = (async () => {
      for (const item of [1, 2, 3, 4]) {
        await channel.send(item);
        sent.push(item);
      }
      channel.close();
    })();
    await sleep(0);
    expect(sent).toEqual([1, 2]);
    const received: number[] = [];
    for await (const item of channel) received.push(item);
    await sending;
    expect(received).toEqual([1, 2, 3, 4]);
  });

  it("refuses waiting senders when it closes, and still gives out what it holds", async () => {
    const channel = new Channel<string>(1);
    await channel.send("held");
    const refused = channel.send("waiting").catch((error: unknown) => error);
    channel.close();
    expect(await refused).toBeInstanceOf(ChannelClosedError);
    expect(await channel.receive()).toBe("held");
    await expect(channel.receive()).rejects.toBeInstanceOf(ChannelClosedError);
    await expect(channel.send("late")).rejects.toBeInstanceOf(ChannelClosedError);
  });

  it("tells waiting receivers when it closes, and how many items it holds", async () => {
    const channel = new Channel<string>(2);
    const waiting = channel.receive().catch((error: unknown) => error);
    channel.close();
    expect(await waiting).toBeInstanceOf(ChannelClosedError);
    const other = new Channel<string>(2);
    await other.send("held");
    expect(other.size).toBe(1);
  });

  it("forgets who waited for all to be done and left", async () => {
    const channel = new Channel<string>(1);
    await channel.send("undone");
    const abort = new AbortController();
    const joining = channel.join(abort.signal).catch((error: unknown) => error);
    expect(channel.waiting).toBe(1);
    abort.abort();
    expect(await joining).toBe(abort.signal.reason);
    expect(channel.waiting).toBe(0);
  });

  it("joins when every item is done", async () => {
    const clock = new VirtualClock();
    const channel = new Channel<number>(10);
    const abort = new AbortController();
    const worker = async (signal: CancelSignal) => {
      for await (const item of channel.items(signal)) await sleep(item, signal, clock);
    };
    const workers = gather([worker, worker], { signal: abort.signal, clock }).catch(
      (error: unknown) => error,
    );
    for (const item of [10, 20, 30]) await channel.send(item);
    await clock.run(channel.join());
    expect(clock.now()).toBe(40);
    abort.abort();
    expect(await workers).toBe(abort.signal.reason);
    expect(channel.waiting).toBe(0);
  });

  it("says when `done` is called more often than there were items", async () => {
    const channel = new Channel<number>(1);
    await channel.send(1);
    await channel.receive();
    channel.done();
    expect(() => channel.done()).toThrow("Expected one `done()` an item received, got one more");
  });

  it("refuses a capacity of 0", () => {
    expect(() => new Channel(0)).toThrow("Expected `capacity` to be an integer ≥ 1, got 0");
  });

  it("neither loses nor doubles an item in any interleaving of send, receive, abort and close", async () => {
    const seen = new Set<string>();
    const runs = await everyInterleaving(async (pick) => {
      const channel = new Channel<string>(1);
      await channel.send("first");
      const leaving = new AbortController();
      const outcomes: Promise<string>[] = [];
      const note = (outcome: Promise<string | void>, ok: string, refused: string) =>
        outcomes.push(
          outcome.then(
            (value) => (value === undefined ? ok : `${ok} ${value}`),
            () => refused,
          ),
        );
      await inAnyOrder(pick, [
        () => note(channel.send("second", leaving.signal), "sent", "not sent"),
        () => note(channel.receive(), "received", "nothing"),
        () => leaving.abort(),
        () => channel.close(),
      ]);
      const ends = await Promise.all(outcomes);
      const rest: string[] = [];
      for await (const item of channel) rest.push(item);
      const accepted = ["first", ...(ends.includes("sent") ? ["second"] : [])];
      const taken = ends
        .filter((end) => end.startsWith("received "))
        .map((end) => end.slice("received ".length));
      expect([...taken, ...rest]).toEqual(accepted);
      expect(channel.waiting).toBe(0);
      seen.add(ends.toSorted().join(", "));
    });
    expect(runs).toBe(24 * 16);
    expect([...seen].toSorted()).toEqual(["not sent, received first", "received first, sent"]);
  });
});
