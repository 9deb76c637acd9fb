import type { Reply } from "./reply.ts";
import type { RouteName } from "./routes.ts";

/** What is wrong with a route. Every field can stand alone; all but `latencyMs` wait for `failRate` to strike. */
export interface Fault {
  /** Replaces the server's base latency; passes before anything else happens. */
  readonly latencyMs?: number;
  /** The share of calls that the rest strikes, 0 to 1; the others get the true answer. All when absent. */
  readonly failRate?: number;
  /** Answers this instead. 503 when `failRate` is given and the answer is to arrive whole. */
  readonly status?: number;
  readonly body?: string;
  /** Headers that replace or join the answer's. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  /** The `Retry-After` header: seconds or an HTTP date. */
  readonly retryAfter?: string;
  /** Never answers. */
  readonly hang?: boolean;
  /** Resets the connection (TCP RST) before the answer. */
  readonly reset?: boolean;
  /** Sends the headers and half of the body, then nothing. */
  readonly hangBody?: boolean;
  /** Sends the headers and half of the body, then resets the connection. */
  readonly resetBody?: boolean;
}

/** The ways in which an answer can fail to arrive. */
export const ENDINGS = ["hang", "reset", "hangBody", "resetBody"] as const;

/** How an answer ends on the wire. */
export type Ending = "whole" | (typeof ENDINGS)[number];

/** The faults that are set, by route; `*` is every route's, and a route's own fields come before it. */
export type FaultTable = Readonly<Partial<Record<RouteName | "*", Fault>>>;

/** What a caller of the control route wants: all faults gone, or one route's fault replaced. */
export type FaultCommand =
  | { readonly kind: "clear" }
  | { readonly kind: "set"; readonly route: RouteName | "*"; readonly fault: Fault };

/** The table after a command. An empty fault removes the route's entry. */
export function applyCommand(table: FaultTable, command: FaultCommand): FaultTable {
  if (command.kind === "clear") return {};
  const { [command.route]: _, ...others } = table;
  return Object.keys(command.fault).length === 0 ? others : { ...others, [command.route]: command.fault };
}

/** What happens to one call. */
export interface Verdict {
  /** `undefined` leaves the server's base latency. */
  readonly latencyMs: number | undefined;
  readonly ending: Ending;
  /** Replaces the true answer. */
  readonly status: number | undefined;
  readonly body: string | undefined;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Decides what happens to a call of a route.
 *
 * @param random Draws from [0, 1); asked once, and only where a `failRate` is set.
 */
export function decide(table: FaultTable, route: RouteName, random: () => number): Verdict {
  const fault: Fault = { ...table["*"], ...table[route] };
  const { latencyMs, failRate } = fault;
  if (failRate !== undefined && random() >= failRate) {
    return { latencyMs, ending: "whole", status: undefined, body: undefined, headers: {} };
  }
  const ending = endingOf(table[route]) ?? endingOf(table["*"]) ?? "whole";
  const defaultStatus = failRate !== undefined && ending === "whole" ? 503 : undefined;
  return {
    latencyMs,
    ending,
    status: fault.status ?? defaultStatus,
    body: fault.body,
    headers: headersOf(fault),
  };
}

/** The reply with a verdict's headers and body in place of its own. */
export function disguise(reply: Reply, { headers, body }: Verdict): Reply {
  return { status: reply.status, headers: { ...reply.headers, ...headers }, body: body ?? reply.body };
}

function endingOf(fault: Fault | undefined): Ending | undefined {
  return ENDINGS.find((ending) => fault?.[ending] === true);
}

function headersOf({ headers = {}, contentType, retryAfter }: Fault): Record<string, string> {
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    ...Object.fromEntries(given),
    ...(contentType !== undefined && { "content-type": contentType }),
    ...(retryAfter !== undefined && { "retry-after": retryAfter }),
  };
}
