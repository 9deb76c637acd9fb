import { VirtualClock } from "#kernel";
import { loadConfig } from "../../src/config.ts";
import type { EndpointDefinition } from "../../src/aggregate/definition.ts";
import { createEngine } from "../../src/aggregate/engine.ts";
import type { EndpointPlan } from "../../src/aggregate/plan.ts";
import { respond } from "../../src/aggregate/respond.ts";
import { type Outcome, runPlan } from "../../src/aggregate/run.ts";
import { outcomeLabel } from "../../src/aggregate/timeline.ts";
import { CountingAbort } from "../support/counting.ts";
import { type FakeAnswers, fakeUpstream } from "../support/fake-upstream.ts";
import { inbound, worldOf } from "../support/inbound.ts";

/** A definition in the making, or made. */
interface Defined {
  readonly definition: EndpointDefinition;
}

/** The plan of one endpoint. */
function planOf({ definition }: Defined): EndpointPlan {
  const { plans } = loadConfig({ endpoints: [{ definition }] }, { variables: {}, allowLoopback: false });
  const [plan] = plans;
  if (plan === undefined) throw new Error("no plan");
  return plan;
}

interface AskOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
}

/** An isolate over a fake upstream, in virtual time: an endpoint can be asked as often as a test likes. */
export function isolate(defined: Defined, answers: FakeAnswers) {
  const clock = new VirtualClock();
  const plan = planOf(defined);
  const { state, fetch } = fakeUpstream(clock, answers);
  const engine = createEngine(worldOf(clock, fetch));
  const background: Promise<unknown>[] = [];

  const arrive = (options: AskOptions = {}) => {
    const abort = new CountingAbort();
    const { deadlineMs } = plan;
    const waitUntil = (work: Promise<unknown>) => void background.push(work);
    return { abort, request: inbound({ engine, signal: abort.signal, deadlineMs, waitUntil, ...options }) };
  };

  const begin = (options: AskOptions = {}) => {
    const { abort, request } = arrive(options);
    return { abort, outcomes: runPlan(plan, request).finally(() => request.keepAlive.end()) };
  };

  return {
    clock,
    plan,
    state,
    engine,
    /** A request that nobody has begun to answer. */
    arrive,
    /** A request that is being answered. */
    begin,
    /** Asks and waits for the outcomes. */
    ask: async (options: AskOptions = {}) => await clock.run(begin(options).outcomes),
    /** Waits for what goes on behind the answers. */
    settle: async () => await clock.run(Promise.all(background)),
    leftovers: () => ({ open: state.open, timers: clock.pending, flights: engine.flights.size }),
  };
}

/** Nothing is open, waits, or is in the air. */
export const NOTHING = { open: 0, timers: 0, flights: 0 };

/** The outcomes by name, in a word each. */
export const labels = (outcomes: readonly Outcome[]) =>
  Object.fromEntries(outcomes.map((outcome) => [outcome.name, outcomeLabel(outcome)]));

/** The kinds and outcomes of a branch's attempts, in order. */
export const attemptsOf = (outcome: Outcome | undefined) =>
  outcome?.attempts.map(({ upstream, kind, outcome: end }) => `${kind} at ${upstream}: ${end}`);

/** The answer as it goes out. */
export async function answerOf(
  plan: EndpointPlan,
  outcomes: readonly Outcome[],
  ifNoneMatch: string | null = null,
) {
  const response = respond(plan, outcomes, { durationMs: 1, withTimeline: false, ifNoneMatch });
  const text = await response.text();
  const body: unknown = text === "" ? undefined : JSON.parse(text);
  return { body, headers: response.headers, status: response.status };
}
