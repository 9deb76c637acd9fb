/** How a call can fail. */
export type Fault =
  /** Of an attempt, or of the whole branch. */
  | { readonly kind: "timeout"; readonly limitMs: number }
  /** No answer came: refused, unknown host, reset before the headers. */
  | { readonly kind: "unreachable" }
  /** The connection was lost in the body. */
  | { readonly kind: "reset" }
  | { readonly kind: "status"; readonly status: number; readonly retryAfterMs: number | undefined }
  | { readonly kind: "too-large"; readonly limitBytes: number }
  /** Not what it should be on the face of it: another type, no JSON, too deep. */
  | { readonly kind: "malformed"; readonly reason: string }
  /** JSON, but not what the schema asks for. */
  | { readonly kind: "invalid"; readonly reason: string }
  /** Sent us elsewhere too often, or where we do not go. */
  | { readonly kind: "redirect"; readonly reason: string }
  /** The circuit breaker lets nobody through. */
  | { readonly kind: "broken-circuit"; readonly retryAfterMs: number }
  /** It would be our turn too late: others call the same upstream, and it may be called only so often. */
  | { readonly kind: "paced"; readonly retryAfterMs: number }
  /** More elements or pages than the configuration allows. */
  | { readonly kind: "too-many"; readonly reason: string }
  /** The caller's input makes no request that could be sent. */
  | { readonly kind: "unsendable"; readonly reason: string };

/** A call failed. */
export class CallError extends Error {
  override readonly name = "CallError";
  readonly fault: Fault;

  constructor(fault: Fault, options?: ErrorOptions) {
    super(explain(fault), options);
    this.fault = fault;
  }
}

/** A fault in one word or two, as in `Manifold-Incomplete: stats;status=503`. */
export function label(fault: Fault): string {
  return fault.kind === "status" ? `status=${fault.status}` : fault.kind;
}

/** A fault in a sentence for the caller. Says nothing that the upstream said. */
export function explain(fault: Fault): string {
  switch (fault.kind) {
    case "timeout":
      return `took longer than ${fault.limitMs} ms`;
    case "unreachable":
      return "could not be reached";
    case "reset":
      return "lost the connection while it answered";
    case "status":
      return `answered with status ${fault.status}`;
    case "too-large":
      return `answered with more than ${fault.limitBytes} bytes`;
    case "malformed":
      return `answered with ${fault.reason}`;
    case "invalid":
      return `answered against its schema: ${fault.reason}`;
    case "broken-circuit":
      return "has failed so often that it is left alone for a while";
    case "paced":
      return "may not be called as often as it would have to be";
    case "redirect":
    case "too-many":
    case "unsendable":
      return fault.reason;
  }
}

/** Whether a fault says that the upstream is in trouble, and not that the question was wrong. */
export function isUpstreamTrouble(fault: Fault): boolean {
  switch (fault.kind) {
    case "timeout":
    case "unreachable":
    case "reset":
      return true;
    case "status":
      return fault.status >= 500;
    default:
      return false;
  }
}

/** Whether another source, or an earlier answer, may do better: not where the question was wrong. */
export function mayDoBetterElsewhere(fault: Fault): boolean {
  if (fault.kind === "status") return fault.status >= 500 || fault.status === 429;
  return fault.kind !== "unsendable" && fault.kind !== "too-many";
}

/**
 * Uses a function of the configuration on what an upstream answered.
 *
 * @param name The function's, for the caller.
 * @throws {CallError} When it cannot: it was written for another answer.
 */
export function useOn<T>(name: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw new CallError({ kind: "invalid", reason: `\`${name}\` cannot use it` }, { cause: error });
  }
}

/** How long the upstream, its breaker or its pace asks for it to be left alone. */
export function retryAfterMs(fault: Fault): number | undefined {
  return "retryAfterMs" in fault ? fault.retryAfterMs : undefined;
}
