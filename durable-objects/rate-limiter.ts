import { DurableObject } from "cloudflare:workers";
import { systemClock } from "#kernel";
import { logError } from "../src/http/log.ts";
import type { Denied, Granted, Leased, LeaseRequest, Limiter } from "../src/limits/decision.ts";
import { createLimiter } from "../src/limits/limiter.ts";
import type { PolicySet } from "../src/limits/policy.ts";
import type { SavedLimiter } from "../src/limits/saved-limiter.ts";
import type { LimiterView, WaitAnswer, WaitMessage } from "../src/limits/stub.ts";

/** How long a full bucket lies before it is deleted: a key that is in use is not deleted and made again all the time. */
const LINGER_MS = 10_000;

/** When to try again to delete what could not be deleted. */
const AGAIN_MS = 60_000;

/** What is stored. */
interface Stored {
  readonly set: PolicySet;
  readonly saved: SavedLimiter;
}

/**
 * The limiter of one key under one set of policies. Decides in memory; what was taken is stored before anybody is told,
 * so that an eviction refills nothing. Who waits is known in memory only: if the object ends, so do their requests.
 */
export class RateLimiter extends DurableObject {
  #set: PolicySet | undefined;
  #limiter: Limiter | undefined;
  /** Those who stay, by the id of their place. */
  readonly #waiting = new Map<string, (answer: WaitAnswer) => void>();
  #stopTimer: () => void = () => undefined;
  #hasAlarm = false;

  take(set: PolicySet, cost: number): Granted | Denied {
    return this.#run(set, (limiter, now) => limiter.tryTake(now, cost));
  }

  lease(set: PolicySet, request: LeaseRequest): Leased | Denied {
    return this.#run(set, (limiter, now) => limiter.lease(now, request));
  }

  giveBack(set: PolicySet, id: string, unused: number): void {
    this.#run(set, (limiter, now) => limiter.giveBack(now, id, unused));
  }

  cancel(set: PolicySet, id: string): void {
    this.#run(set, (limiter, now) => limiter.cancel(now, id));
  }

  look(set: PolicySet): LimiterView {
    return this.#open(set).look(Date.now());
  }

  /** Waits: a request that can be aborted, which a remote call cannot. */
  override async fetch(request: Request): Promise<Response> {
    const message = await request.json<WaitMessage>(); // from `src/limiters.ts`, nobody outside can reach us
    const answer = await this.#wait(message, request.signal);
    return answer === undefined ? new Response(null, { status: 499 }) : Response.json(answer);
  }

  /** Deletes what is as good as new. May come twice, or for nothing. */
  override async alarm(): Promise<void> {
    this.#hasAlarm = false;
    try {
      const stored = this.ctx.storage.kv.get<Stored>("limiter");
      if (stored === undefined) return;
      const idleAtMs = this.#open(stored.set).idleAtMs();
      if (idleAtMs > Date.now()) {
        await this.#setAlarm(idleAtMs);
        return;
      }
      this.#limiter = undefined;
      await this.ctx.storage.deleteAll();
    } catch (error) {
      logError("limiter-alarm-failed", {}, error);
      await this.#setAlarm(Date.now() + AGAIN_MS);
    }
  }

  /** @returns `undefined` for who left before their turn. */
  async #wait({ set, request, returns }: WaitMessage, signal: AbortSignal): Promise<WaitAnswer | undefined> {
    const { id } = request;
    const answer = this.#run(
      set,
      (limiter, now) => (returns ? limiter.claim(now, id) : undefined) ?? limiter.wait(now, request),
    );
    if (answer.state === "reserved") {
      return { state: "reserved", inMs: Math.max(0, answer.notBeforeMs - Date.now()) };
    }
    if (answer.state !== "waiting") return answer;
    return await new Promise((resolve) => {
      const leave = () => {
        this.#waiting.delete(id);
        this.cancel(set, id);
        resolve(undefined);
      };
      this.#waiting.set(id, (granted) => {
        signal.removeEventListener("abort", leave);
        resolve(granted);
      });
      if (signal.aborted) leave();
      else signal.addEventListener("abort", leave, { once: true });
    });
  }

  /** Asks the limiter, stores what changed, tells those whose turn has come, and sets the timer for the next. */
  #run<T>(set: PolicySet, ask: (limiter: Limiter, nowMs: number) => T): T {
    const limiter = this.#open(set);
    const nowMs = Date.now();
    const before = limiter.changes();
    const answer = ask(limiter, nowMs);
    if (limiter.changes() !== before) this.#store(limiter);
    for (const id of limiter.granted()) {
      const { policy, standings } = limiter.look(nowMs);
      this.#waiting.get(id)?.({ state: "granted", policy, standings });
      this.#waiting.delete(id);
    }
    this.#stopTimer();
    const dueMs = limiter.dueMs();
    if (dueMs !== undefined) {
      const proceed = () => this.#run(set, (one, now) => one.advance(now));
      this.#stopTimer = systemClock.setTimer(proceed, Math.max(0, dueMs - nowMs));
    }
    return answer;
  }

  /** The limiter under these policies, which a deploy may have changed. Whoever stays, stays under the old ones. */
  #open(set: PolicySet): Limiter {
    const isOther = this.#limiter !== undefined && JSON.stringify(set) !== JSON.stringify(this.#set);
    if (this.#limiter !== undefined && (!isOther || this.#waiting.size > 0)) return this.#limiter;
    const saved = this.#limiter?.save() ?? this.ctx.storage.kv.get<Stored>("limiter")?.saved;
    this.#set = set;
    this.#limiter = createLimiter(set, Date.now(), saved);
    return this.#limiter;
  }

  #store(limiter: Limiter): void {
    const { kv } = this.ctx.storage;
    if (this.#set !== undefined)
      kv.put("limiter", { set: this.#set, saved: limiter.save() } satisfies Stored);
    if (!this.#hasAlarm) void this.#setAlarm(limiter.idleAtMs());
  }

  async #setAlarm(idleAtMs: number): Promise<void> {
    this.#hasAlarm = true;
    await this.ctx.storage.setAlarm(Math.max(idleAtMs, Date.now()) + LINGER_MS);
  }
}
