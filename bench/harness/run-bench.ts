import {
  type Bench,
  type BenchCase,
  type Contender,
  type Limit,
  type Measurement,
  MissingError,
  type Round,
  type Running,
  WrongAnswerError,
} from "./bench.ts";
import { interleave } from "./interleave.ts";
import { describeMachine } from "./machine.ts";
import { machineBusyMs, usageOf } from "./process-tree.ts";
import type { CaseResult, ContenderResult, Result } from "./result.ts";

/** How much to measure. */
export interface RunOptions {
  readonly rounds: number;
  readonly isQuick: boolean;
  /** Is told how far it is. */
  readonly log: (line: string) => void;
}

/** Runs a bench: starts everyone, warms everyone up in each case, and measures them in turn. */
export async function runBench<World extends AsyncDisposable, Case extends BenchCase>(
  bench: Bench<World, Case>,
  options: RunOptions,
): Promise<Result> {
  const { name, claim, notes, metrics, targets } = bench;
  const { rounds, isQuick } = options;
  const began = new Date();
  const before = readWork();
  const cases: CaseResult[] = [];
  {
    await using world = await bench.setUp();
    await using running = new AsyncDisposableStack();
    const entrants: Entrant<Case>[] = [];
    for (const contender of bench.contenders) entrants.push(await enter(contender, world, running, options));
    for (const work of bench.cases) {
      if (!isQuick || work.isQuick) cases.push(await runCase(work, entrants, options));
    }
  }
  const durationMs = Date.now() - began.getTime();
  const after = readWork();
  const otherCores = (after.machineMs - before.machineMs - (after.oursMs - before.oursMs)) / durationMs;
  return {
    name,
    claim,
    notes,
    measuredAt: began.toISOString(),
    durationMs,
    machine: await describeMachine(),
    ...(after.machineMs === 0 ? {} : { otherCores: Math.max(0, otherCores) }),
    isQuick,
    rounds,
    metrics,
    cases,
    targets,
  };
}

function readWork(): { readonly machineMs: number; readonly oursMs: number } {
  return { machineMs: machineBusyMs(), oursMs: usageOf(process.pid).cpuMs };
}

/** Why a contender does not run: it is not here, or it does not start. */
type Absence =
  | { readonly kind: "skipped"; readonly because: string }
  | { readonly kind: "failed"; readonly what: string };

/** A contender that is to run. */
interface Entrant<Case extends BenchCase> {
  readonly name: string;
  readonly limit: (work: Case) => Limit | undefined;
  readonly running: Running<Case> | Absence;
}

async function enter<World, Case extends BenchCase>(
  contender: Contender<World, Case>,
  world: World,
  stack: AsyncDisposableStack,
  { log }: RunOptions,
): Promise<Entrant<Case>> {
  const { name } = contender;
  const limit = (work: Case) => contender.limit?.(work);
  try {
    const running = await contender.start(world);
    stack.defer(async () => await finish(name, running, log));
    return { name, limit, running };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const isMissing = error instanceof MissingError;
    log(`${name} ${isMissing ? "is skipped" : "does not start"}: ${message}`);
    return {
      name,
      limit,
      running: isMissing ? { kind: "skipped", because: message } : { kind: "failed", what: message },
    };
  }
}

/** Ends a contender. One that does not end well has been measured all the same, and so have the others. */
async function finish(name: string, running: AsyncDisposable, log: RunOptions["log"]): Promise<void> {
  try {
    await running[Symbol.asyncDispose]();
  } catch (error) {
    log(`${name} does not end: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** One contender's way through one case. */
class Track<Case extends BenchCase> {
  readonly #entrant: Entrant<Case>;
  readonly #work: Case;
  readonly #samples: Measurement[] = [];
  readonly #warnings: string[] = [];
  readonly #limit: Limit | undefined;
  #end: Exclude<ContenderResult, { readonly kind: "measured" }> | undefined;

  constructor(entrant: Entrant<Case>, work: Case) {
    const { name, running } = entrant;
    this.#entrant = entrant;
    this.#work = work;
    this.#limit = entrant.limit(work);
    if (!("measure" in running)) this.#end = { name, ...running };
    else if (this.#limit?.rounds === 0) this.#end = { name, kind: "skipped", because: this.#limit.because };
  }

  /** How many rounds it gets, of those there are. */
  roundsOf(rounds: number): number {
    return this.#end === undefined ? Math.min(rounds, this.#limit?.rounds ?? rounds) : 0;
  }

  /** Does a round, unless an earlier one has shown that there is no point. */
  async measure(kind: Omit<Round, "warn">): Promise<void> {
    const { name, running } = this.#entrant;
    if (this.#end !== undefined || !("measure" in running)) return;
    const warn = (text: string) => {
      if (!kind.isWarmUp) this.#warnings.push(`round ${this.#samples.length + 1}: ${text}`);
    };
    try {
      const sample = expectNumbers(await running.measure(this.#work, { ...kind, warn }));
      if (!kind.isWarmUp) this.#samples.push(sample);
    } catch (error) {
      const end = error instanceof WrongAnswerError ? "wrong" : "failed";
      this.#end = { name, kind: end, what: error instanceof Error ? error.message : String(error) };
    }
  }

  get result(): ContenderResult {
    if (this.#end !== undefined) return this.#end;
    const fewer = this.#limit === undefined ? {} : { fewerBecause: this.#limit.because };
    const known = this.#warnings.length === 0 ? {} : { warnings: this.#warnings };
    return { name: this.#entrant.name, kind: "measured", samples: this.#samples, ...fewer, ...known };
  }
}

/** What was divided by nothing is no number: it would be found out by the table, after all was measured. */
function expectNumbers(sample: Measurement): Measurement {
  for (const [metric, value] of Object.entries(sample)) {
    if (!Number.isFinite(value)) throw new RangeError(`Expected \`${metric}\` to be a number, got ${value}`);
  }
  return sample;
}

async function runCase<Case extends BenchCase>(
  work: Case,
  entrants: readonly Entrant<Case>[],
  { rounds, isQuick, log }: RunOptions,
): Promise<CaseResult> {
  log(`${work.name}: warm-up`);
  const tracks = entrants.map((entrant) => new Track(entrant, work));
  for (const track of tracks) await track.measure({ isQuick, isWarmUp: true });
  let last = -1;
  for (const { round, contender } of interleave(tracks.map((track) => track.roundsOf(rounds)))) {
    if (round !== last) log(`${work.name}: round ${round + 1} of ${rounds}`);
    last = round;
    await tracks[contender]?.measure({ isQuick, isWarmUp: false });
  }
  return { name: work.name, contenders: tracks.map(({ result }) => result) };
}
