/** A place in a distributed trace, as W3C Trace Context tells it from hop to hop (https://www.w3.org/TR/trace-context). */
export interface TraceContext {
  /** 16 bytes in lower-case hexadecimal, not all zero. */
  readonly traceId: string;
  /** 8 bytes in lower-case hexadecimal, not all zero; the header's `parent-id`. */
  readonly spanId: string;
  /** Bits: 1 the caller may have recorded this (sampled), 2 the trace's id is random. There are no others. */
  readonly flags: number;
}

const SAMPLED = 1;
/** Of Level 2 (3.2.2.5.2): to be set by whoever makes a random id, and kept with it. */
const RANDOM = 2;

const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/**
 * Reads `traceparent` (3.2). Of a version to come it reads what this one knows (3.2.4, "Versioning of traceparent").
 *
 * @returns `undefined` for what is invalid: then a new trace begins, and `tracestate` must not be passed on.
 */
export function parseTraceparent(value: string | null): TraceContext | undefined {
  const match = TRACEPARENT.exec(value ?? "");
  if (match === null) return undefined;
  const [, version, traceId = "", spanId = "", flags = "", more] = match;
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (isZero(traceId) || isZero(spanId)) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) & (SAMPLED | RANDOM) };
}

/**
 * A span under `parent`, or the first one of a new trace. A new trace is not sampled, for nothing is recorded here
 * ("It should be set to 0 as the default option when the trace is initiated by this component", 3.2.2.5.1).
 *
 * @param random As many random bytes as it is asked for.
 */
export function childOf(
  parent: TraceContext | undefined,
  random: (bytes: number) => Uint8Array,
): TraceContext {
  const { traceId, flags } = parent ?? { traceId: randomId(16, random), flags: RANDOM };
  return { traceId, spanId: randomId(8, random), flags };
}

/** Writes `traceparent`, in version 00. */
export function formatTraceparent({ traceId, spanId, flags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, "0")}`;
}

/** Every byte in hexadecimal: an id is made for each attempt. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function randomId(bytes: number, random: (bytes: number) => Uint8Array): string {
  let id = "";
  for (const byte of random(bytes)) id += HEX[byte];
  // Chance can give what the protocol forbids.
  return isZero(id) ? id.replace(/0$/, "1") : id;
}

function isZero(id: string): boolean {
  return /^0+$/.test(id);
}
