import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeTicket, TICKET_MS, ticketKey, type TicketKey, useTicket } from "../../src/http/ticket.ts";

const SECRET = "s".repeat(43);
const NOW_MS = Date.UTC(2026, 10, 25);

async function keyOf(secret: string): Promise<TicketKey> {
  const key = await ticketKey(secret);
  if (key === undefined) throw new Error("Expected a key");
  return key;
}

const key = await keyOf(SECRET);
const seeded = (seed: number) => (count: number) => new Uint8Array(count).fill(seed);
const make = async (seed = 1, nowMs = NOW_MS) =>
  await makeTicket(key, { room: "lobby", name: "web", nowMs, randomBytes: seeded(seed) });

/** A room's memory of the tickets that were used. */
function roomMemory() {
  const used = new Map<string, number>();
  const useOnce = (id: string, expiresMs: number) => {
    if (used.has(id)) return false;
    used.set(id, expiresMs);
    return true;
  };
  return { used, useOnce };
}

const show = async (ticket: string, use: Partial<Parameters<typeof useTicket>[2]> = {}) =>
  await useTicket(key, ticket, { room: "lobby", nowMs: NOW_MS, useOnce: () => true, ...use });

describe("a ticket", () => {
  it("lets in once who it was made for", async () => {
    const { ticket, expiresMs } = await make();
    const { used, useOnce } = roomMemory();
    expect(await show(ticket, { useOnce })).toEqual({ ok: true, name: "web" });
    expect(await show(ticket, { useOnce })).toEqual({ ok: false, reason: "used" });
    expect([...used.values()]).toEqual([expiresMs]);
  });

  it("is good for a minute", async () => {
    const { ticket, expiresMs } = await make();
    expect(expiresMs).toBe(NOW_MS + 60_000);
    expect(await show(ticket, { nowMs: expiresMs - 1 })).toMatchObject({ ok: true });
    expect(await show(ticket, { nowMs: expiresMs })).toEqual({ ok: false, reason: "expired" });
    expect(TICKET_MS).toBe(60_000);
  });

  it("is good for one room, and is not used up in another or too late", async () => {
    const { ticket } = await make();
    const { used, useOnce } = roomMemory();
    expect(await show(ticket, { room: "other", useOnce })).toEqual({ ok: false, reason: "elsewhere" });
    expect(await show(ticket, { nowMs: NOW_MS + TICKET_MS, useOnce })).toMatchObject({ reason: "expired" });
    expect(used.size).toBe(0);
  });

  it("is another one each time", async () => {
    const { useOnce } = roomMemory();
    for (const seed of [1, 2])
      expect(await show((await make(seed)).ticket, { useOnce })).toMatchObject({ ok: true });
  });

  it("goes into a URL as it is", async () => {
    const { ticket } = await make(255);
    expect(encodeURIComponent(ticket)).toBe(ticket);
  });

  it("does not hold with any character changed, taken away or added", async () => {
    const { ticket } = await make();
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: ticket.length }),
        fc.constantFrom("A", "z", "_", "-", ".", "=", "é", ""),
        fc.boolean(),
        async (place, character, isAdded) => {
          const forged = ticket.slice(0, place) + character + ticket.slice(isAdded ? place : place + 1);
          fc.pre(forged !== ticket);
          expect(await show(forged)).toEqual({ ok: false, reason: "forged" });
        },
      ),
    );
  });

  it("does not hold under another secret", async () => {
    const { ticket } = await make();
    const other = await keyOf("t".repeat(43));
    const use = { room: "lobby", nowMs: NOW_MS, useOnce: () => true };
    expect(await useTicket(other, ticket, use)).toEqual({ ok: false, reason: "forged" });
  });

  it("is not what the secret signed for another purpose", async () => {
    const payload = (await make()).ticket.split(".")[0] ?? "";
    const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(payload));
    const forged = `${payload}.${btoa(String.fromCharCode(...new Uint8Array(mac))).replaceAll("=", "")}`;
    expect(await show(forged.replaceAll("+", "-").replaceAll("/", "_"))).toEqual({
      ok: false,
      reason: "forged",
    });
  });
});

describe("ticketKey", () => {
  it("is none without a secret, so that there are no tickets", async () => {
    expect(await ticketKey(undefined)).toBeUndefined();
  });

  it.each(["", "short", "s".repeat(42), 5])("refuses %j, and does not show it", async (secret) => {
    await expect(ticketKey(secret)).rejects.toThrow(
      /^Expected `TICKET_SECRET` to have at least 43 characters$/,
    );
  });
});
