import {
  type BenchCase,
  type Contender,
  type Limit,
  type Measurement,
  MissingError,
  WrongAnswerError,
} from "../harness/bench.ts";
import { watchMemory } from "../harness/process-tree.ts";
import { runProgram } from "../harness/program.ts";
import type { Server } from "../harness/server.ts";
import type { UpstreamStats } from "../upstream.ts";

/** How long every call takes. */
const CALL_MS = 100;

/** Fan-outs before the first that counts: lanes are there then, and engines have compiled what runs often. */
const WARM_UPS = 50;

export interface FanoutCase extends BenchCase {
  readonly calls: number;
}

/** The upstream, which all call. */
export interface World extends AsyncDisposable {
  readonly upstream: Server;
}

export type FanoutContender = Contender<World, FanoutCase>;

/** A contender that is a program: a fresh process a round, which prints its own account of it. */
export function script(
  name: string,
  findCommand: () => Promise<readonly [program: string, file: string]>,
  options: ContenderOptions = {},
): FanoutContender {
  return contender(name, options, async () => {
    const command = await findCommand();
    return {
      async fanOut(calls, urls) {
        const { output, peakBytes } = await runProgram([...command, String(calls), urls]);
        // What the programs print, by agreement.
        return { ...(JSON.parse(output) as Omit<Account, "peakBytes">), peakBytes };
      },
      warmUps: 0,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  });
}

/** A contender that is a server: one request a round, in the format of `POST /v1/fanout`. */
export function service(
  name: string,
  start: () => Promise<Server>,
  { lanes, ...options }: ContenderOptions & { readonly lanes?: boolean } = {},
): FanoutContender {
  return contender(name, options, async ({ upstream }) => {
    const server = await start();
    const fansOut: FansOut = {
      fanOut: async (calls, urls) => await post(server, calls, urls, lanes === undefined ? {} : { lanes }),
      warmUps: WARM_UPS,
      [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose](),
    };
    try {
      await fansOut.fanOut(1, `${upstream.url}/items/{}/0`);
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return fansOut;
  });
}

async function post(server: Server, calls: number, urls: string, options: object): Promise<Account> {
  const requests = Array.from({ length: calls }, (_, index) => ({ url: urls.replace("{}", String(index)) }));
  using memory = watchMemory(server.pid);
  const beganMs = performance.now();
  const response = await fetch(`${server.url}/v1/fanout`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ requests, mode: "all", ...options }),
  });
  const text = await response.text();
  const elapsedMs = performance.now() - beganMs;
  if (response.status === 404) throw new MissingError("it has no route /v1/fanout");
  if (!response.ok) throw new WrongAnswerError(`status ${response.status}: ${text.slice(0, 200)}`);
  // Mode `all` has an answer of every request; whether of the right one shows in its id.
  const { results } = JSON.parse(text) as {
    readonly results: readonly { readonly answer: { readonly body: { readonly id: string } } }[];
  };
  const answered = results.map(({ answer }) => Number(answer.body.id));
  return { elapsedMs, answered, peakBytes: memory.peakBytes };
}

interface ContenderOptions {
  /** How many of its calls run at once, where that is what bounds it. */
  readonly width?: number;
}

/** Something that makes the calls, however it does. */
interface FansOut extends AsyncDisposable {
  fanOut(calls: number, urls: string): Promise<Account>;
  readonly warmUps: number;
}

/** What a round came to. */
interface Account {
  readonly elapsedMs: number;
  /** The items that came back, in order. */
  readonly answered: readonly number[];
  readonly peakBytes: number;
}

function contender(
  name: string,
  { width = Infinity }: ContenderOptions,
  start: (world: World) => Promise<FansOut>,
): FanoutContender {
  return {
    name,
    limit: ({ calls }) => limitOf((calls / width) * CALL_MS),
    async start(world) {
      const started = await start(world);
      const { url } = world.upstream;
      const urls = `${url}/items/{}/0?delayMs=${CALL_MS}`;
      return {
        async measure({ calls }, { isWarmUp }): Promise<Measurement> {
          if (isWarmUp) {
            // A narrow one would take minutes.
            const few = Number.isFinite(width) ? Math.min(calls, width) : calls;
            for (let count = 0; count < started.warmUps; count += 1) await started.fanOut(few, urls);
            return {};
          }
          // While others have their turn objects go to sleep and caches fill with other things: that is measured apart.
          const paused = started.warmUps > 0 ? await started.fanOut(calls, urls) : undefined;
          await fetch(`${url}/_reset`);
          const { elapsedMs, answered, peakBytes } = await started.fanOut(calls, urls);
          const isWhole = answered.length === calls && answered.every((id, index) => id === index);
          if (!isWhole) throw new WrongAnswerError(`${answered.length} of ${calls} items, or not in order`);
          const { maxOpen, lanes } = (await (await fetch(`${url}/_stats`)).json()) as UpstreamStats;
          const inLanes = Object.values(lanes).map((lane) => lane.maxOpen);
          return {
            "× slowest call": elapsedMs / CALL_MS,
            ...(paused && { "after a pause": paused.elapsedMs / CALL_MS }),
            ...(peakBytes > 0 && { "peak MB": peakBytes / 1e6 }),
            "open at once": maxOpen,
            ...(inLanes.length > 0 && { "open in a lane": Math.max(...inLanes) }),
          };
        },
        [Symbol.asyncDispose]: async () => await started[Symbol.asyncDispose](),
      };
    },
  };
}

/** Waiting varies little: two long rounds say as much as five. */
function limitOf(roundMs: number): Limit | undefined {
  if (roundMs < 5_000) return undefined;
  return { rounds: roundMs < 60_000 ? 2 : 0, because: `a round takes ${Math.round(roundMs / 1000)} s` };
}
