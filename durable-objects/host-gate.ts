import { DurableObject } from "cloudflare:workers";
import {
  type Entry,
  enterGate,
  type GateState,
  leaveGate,
  UNVISITED,
  type Visit,
} from "../src/crawl/gate.ts";
import { ROBOTS_FRESH_MS } from "../src/crawl/host-rules.ts";
import type { Robots } from "../src/crawl/robots.ts";

/** A row is 2 MB at most; rules that are larger are asked for again. */
const MOST_CHARACTERS = 500_000;

/** A robots.txt that is kept. */
interface Kept {
  readonly robots: Robots;
  readonly untilMs: number;
}

/** The gate of one host, for all crawls: who may ask it, when, and what its robots.txt says. */
export class HostGate extends DurableObject {
  async enter(who: string, origin: string): Promise<Entry> {
    const { kv } = this.ctx.storage;
    const nowMs = Date.now();
    const [state, entry] = enterGate(kv.get<GateState>("state") ?? UNVISITED, who, nowMs);
    kv.put("state", state);
    if ((await this.ctx.storage.getAlarm()) === null)
      await this.ctx.storage.setAlarm(nowMs + ROBOTS_FRESH_MS);
    if (!entry.isOpen) return entry;
    const kept = kv.get<Kept>(`robots ${origin}`);
    return kept !== undefined && kept.untilMs > nowMs ? { ...entry, robots: kept.robots } : entry;
  }

  leave(who: string, origin: string, visit: Visit): void {
    const { kv } = this.ctx.storage;
    const nowMs = Date.now();
    const { robots } = visit;
    kv.put("state", leaveGate(kv.get<GateState>("state") ?? UNVISITED, who, visit, nowMs));
    if (robots === undefined || JSON.stringify(robots).length > MOST_CHARACTERS) return;
    kv.put(`robots ${origin}`, { robots, untilMs: nowMs + ROBOTS_FRESH_MS } satisfies Kept);
  }

  /** Forgets a host once a day, unless somebody is asking it. */
  override async alarm(): Promise<void> {
    const state = this.ctx.storage.kv.get<GateState>("state");
    const isIdle = (state?.visitor?.untilMs ?? 0) < Date.now() && (state?.readyMs ?? 0) < Date.now();
    if (isIdle) await this.ctx.storage.deleteAll();
    else await this.ctx.storage.setAlarm(Date.now() + ROBOTS_FRESH_MS);
  }
}
