import type { Entry, Registry } from "../registry.ts";
import type { Stalls } from "../stalls/stalls.ts";
import { listingOf, originOf } from "./listing.ts";
import type { Load } from "./load.ts";
import { refusal, remark, type Reply } from "./reply.ts";
import { stallListingOf } from "./stall-listing.ts";

/** What the monitor looks at, and may do. */
export interface Watched {
  readonly registry: Registry;
  readonly load: Load;
  readonly stalls: Pick<Stalls, "list">;
  /** By the registry's clock. */
  readonly now: () => number;
  /** Tells the process to finish and end. */
  readonly drain: () => void;
  /** Asked again and again by one who watches. */
  readonly top: (entries: readonly Entry[], nowMs: number) => Reply;
}

/** Something to type. */
interface Command {
  /** What stands behind its name. */
  readonly takes?: string;
  readonly does: string;
  readonly run: (watched: Watched, argument: string) => Reply;
}

/** By what is typed; `quit`, which ends the talk, is not among them. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  ps: {
    does: "what is open or runs",
    run: ({ registry, now }) => listingOf(registry.entries(), now()),
  },
  conns: {
    does: "connections only",
    run: ({ registry, now }) =>
      listingOf(
        registry.entries().filter(({ peer }) => peer !== undefined),
        now(),
      ),
  },
  where: {
    takes: "<id>",
    does: "where it was made, and what it belongs to",
    run: ({ registry, now }, argument) => withEntry(registry, argument, (entry) => originOf(entry, now())),
  },
  cancel: {
    takes: "<id>",
    does: "ends it",
    run: ({ registry }, argument) => withEntry(registry, argument, cancel),
  },
  top: {
    does: "how busy the event loop is, and what moves most bytes, since the last top",
    run: ({ registry, now, top }) => top(registry.entries(), now()),
  },
  lag: {
    does: "how late callbacks come, and how busy the event loop is, since the last lag",
    run: ({ load }) => {
      const lag = load.lag();
      const [p50, p99, max] = [lag.p50Ms, lag.p99Ms, lag.maxMs].map((ms) => `${ms.toFixed(1)} ms`);
      return remark(`lag p50 ${p50}, p99 ${p99}, max ${max}; busy ${Math.round(lag.busy * 100)} %`, lag);
    },
  },
  stalls: {
    does: "when the event loop stood still, and where",
    run: ({ stalls }) => stallListingOf(stalls.list()),
  },
  mem: {
    does: "memory",
    run: ({ load }) => {
      const memory = load.memory();
      const { residentBytes, heapBytes, outsideBytes } = memory;
      const [resident, heap, outside] = [residentBytes, heapBytes, outsideBytes].map(inMebibytes);
      return remark(`resident ${resident}, heap ${heap}, outside it ${outside}`, memory);
    },
  },
  drain: {
    does: "finish what runs, and end the process",
    run: ({ drain }) => {
      drain();
      return remark("Draining.");
    },
  },
};

function withEntry(registry: Registry, argument: string, use: (entry: Entry) => Reply): Reply {
  const entry = registry.find(Number(argument));
  return entry === undefined
    ? refusal(`Expected the id of something in ps, got ${JSON.stringify(argument)}`)
    : use(entry);
}

function cancel({ id, cancel: end }: Entry): Reply {
  if (end === undefined) return refusal(`${id} ends with what it belongs to only`);
  end(new Error("Cancelled from the monitor"));
  return remark(`Cancelled ${id}.`);
}

function inMebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
