import type { Denied, Granted, Leased, Limiter, Reserved, Waiting } from "../../src/limits/decision.ts";
import { createLimiter } from "../../src/limits/limiter.ts";
import type { CompletePolicy, PolicySet } from "../../src/limits/policy.ts";
import type { SavedLimiter } from "../../src/limits/saved-limiter.ts";
import { type Dice, seededDice } from "../support/random.ts";
import { BruteForce, type Use, type Verdict } from "./brute-force.ts";

/** The limiter and the model disagree, or more was used than any policy allows. */
class Disagreement extends Error {
  override readonly name = "Disagreement";
}

/**
 * Plays one random sequence of tries, waits, claims, cancellations, leases, jumps of the clock and evictions to the
 * limiter and to the model.
 *
 * @returns How many tokens were used.
 * @throws {Disagreement} With the seed, and every step up to the one that differs.
 */
export function playSequence(seed: number): number {
  const dice = seededDice(seed);
  const set = randomSet(dice);
  const stage = new Stage(set, dice);
  try {
    for (let steps = dice.between(5, 25); steps > 0; steps -= 1) stage.step();
    expectBound(set, stage.model.uses);
  } catch (error) {
    const story = [JSON.stringify(set), ...stage.story].join("\n");
    throw new Disagreement(`Seed ${seed}:\n${story}\n${(error as Error).message}`, { cause: error });
  }
  return stage.model.uses.reduce((sum, { tokens }) => sum + tokens, 0);
}

/** Checks that over any window no more was used than the policies allow. */
export function expectBound(set: PolicySet, uses: readonly Use[]): void {
  for (const { name, capacity, refill } of set) {
    for (const [first, { atMs: fromMs }] of uses.entries()) {
      let used = 0;
      for (const { atMs, tokens } of uses.slice(first)) {
        used += tokens;
        const most = capacity * refill.perMs + (atMs - fromMs) * refill.tokens;
        if (used * refill.perMs > most) {
          throw new Error(
            `\`${name}\`: ${used} used from ${fromMs} to ${atMs} ms, more than ${most / refill.perMs}`,
          );
        }
      }
    }
  }
}

function randomSet(dice: Dice): PolicySet {
  const policy = (name: string): CompletePolicy => ({
    name,
    capacity: dice.between(1, 12),
    refill: { tokens: dice.between(1, 7), perMs: dice.pick([1, 7, 100, 333, 1_000, 2_500]) },
    maxWaitMs: dice.pick([50, 20_000, 20_000]),
    maxWaiters: dice.pick([1, 3, 100]),
    onFailure: "open",
  });
  return dice.oneIn(3) ? [policy("a"), policy("b")] : [policy("a")];
}

/** As often as they stand here. */
const ACTS = [
  "try",
  "wait",
  "wait",
  "wait",
  "lease",
  "use",
  "return",
  "claim",
  "claim",
  "cancel",
  "evict",
] as const;

/** Both of them, and a clock that does as it likes. */
class Stage {
  readonly model: BruteForce;
  readonly story: string[] = [];
  readonly #set: PolicySet;
  readonly #dice: Dice;
  readonly #most: number;
  /** What the limiter's clock shows; the model's has no jumps back. */
  #clockMs: number;
  #limiter: Limiter;
  #count = 0;

  constructor(set: PolicySet, dice: Dice) {
    this.#set = set;
    this.#dice = dice;
    this.#most = Math.min(...set.map(({ capacity }) => capacity));
    this.#clockMs = dice.pick([0, 1_900_000_000_000]);
    this.model = new BruteForce(set);
    this.#limiter = createLimiter(set, this.#clockMs);
  }

  step(): void {
    this.#passTime();
    const dice = this.#dice;
    const act = dice.pick(ACTS);
    const cost = dice.oneIn(3) ? dice.between(1, this.#most) : 1;
    const id = `${(this.#count += 1)}`;
    this.story.push(`${this.#clockMs}: ${act} ${id} at ${cost}`);
    this.#play(act, id, cost);
    this.#compareGranted();
    const { standings, waiting, held } = this.#limiter.look(this.#clockMs);
    const { remaining } = this.model;
    this.#compare(
      "state",
      { remaining: standings.map((one) => one.remaining), waiting, held },
      {
        remaining,
        waiting: this.model.waiting,
        held: this.model.held,
      },
    );
  }

  #passTime(): void {
    const dice = this.#dice;
    let ms = dice.pick([0, 0, dice.between(0, 20), dice.between(0, 300)]);
    // While somebody has a place to come back to, now and then about as long as it is kept.
    if (this.model.places.length > 0 && dice.oneIn(5)) ms += dice.between(0, 7_000);
    if (dice.oneIn(25)) ms += dice.pick([3_000, 9_000, 86_400_000]);
    if (dice.oneIn(15)) ms -= dice.pick([1, 100, 3_000, 86_400_000]);
    this.#clockMs = Math.max(0, this.#clockMs + ms);
    this.model.pass(Math.max(0, ms));
  }

  #play(act: string, id: string, cost: number): void {
    const dice = this.#dice;
    const now = this.#clockMs;
    switch (act) {
      case "try":
        return this.#decide(this.#limiter.tryTake(now, cost), this.model.tryTake(cost));
      case "wait": {
        const maxWaitMs = dice.pick([Infinity, Infinity, 200]);
        const answer = this.#limiter.wait(now, { id, cost, maxWaitMs });
        return this.#decide(answer, this.model.wait(id, cost, maxWaitMs));
      }
      case "lease": {
        const [extra, forMs] = [dice.between(0, 10), dice.between(1, 400)];
        const answer = this.#limiter.lease(now, { id, cost, extra, forMs });
        return this.#decide(answer, this.model.lease(id, cost, extra, forMs));
      }
      case "use": {
        const [lease, ...others] = this.model.leases;
        if (lease !== undefined) this.model.use(dice.pick([lease, ...others]));
        // Nobody tells the limiter.
        return this.#limiter.advance(now);
      }
      case "return": {
        const [lease, ...others] = this.model.leases;
        const returned = lease === undefined ? "none" : dice.pick([lease, ...others]);
        return this.#limiter.giveBack(now, returned, this.model.giveBack(returned));
      }
      case "claim": {
        const { places } = this.model;
        const claimed = dice.pick(["nobody", ...places, ...places, `${dice.between(1, this.#count)}`]);
        // Those who stay have nothing to claim.
        if (this.model.stays(claimed)) return this.#limiter.advance(now);
        return this.#decide(this.#limiter.claim(now, claimed), this.model.claim(claimed));
      }
      case "cancel": {
        const cancelled = dice.pick(["nobody", ...this.model.places]);
        this.#compare("cancelled", this.#limiter.cancel(now, cancelled), this.model.cancel(cancelled));
        return;
      }
      default: {
        // Whoever stays keeps it alive, until their timer has rung.
        if (this.#limiter.dueMs() !== undefined) this.#limiter.advance(now);
        this.#compareGranted();
        // As storage does: what is kept is text.
        const saved = JSON.parse(JSON.stringify(this.#limiter.save())) as SavedLimiter;
        this.#limiter = createLimiter(this.#set, now, saved);
        this.model.evict();
      }
    }
  }

  #compareGranted(): void {
    this.#compare("granted", this.#limiter.granted(), this.model.granted);
    this.model.granted = [];
  }

  #decide(
    answer: Granted | Denied | Waiting | Reserved | Leased | undefined,
    verdict: Verdict | undefined,
  ): void {
    this.#compare("decision", answer && this.#asVerdict(answer), verdict);
  }

  #asVerdict(answer: Granted | Denied | Waiting | Reserved | Leased): Verdict {
    switch (answer.state) {
      case "granted":
        return { state: "granted" };
      case "denied":
        return { state: "denied", reason: answer.reason, inMs: answer.retryAfterMs };
      case "waiting":
        return { state: "waiting", inMs: answer.dueMs - this.#clockMs };
      case "reserved":
        return { state: "reserved", inMs: answer.notBeforeMs - this.#clockMs };
      case "leased":
        return { state: "leased", extra: answer.extra };
    }
  }

  #compare(what: string, limiter: unknown, model: unknown): void {
    const [said, expected] = [JSON.stringify(limiter), JSON.stringify(model)];
    this.story.push(`  ${what}: ${said}`);
    if (said !== expected) throw new Error(`${what}: the model says ${expected}`);
  }
}
