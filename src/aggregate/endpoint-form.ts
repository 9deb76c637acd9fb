import * as z from "zod";
import { formFaults } from "../http/form-faults.ts";
import type { EndpointDefinition, Upstream } from "./definition.ts";

/** Checked where it is planned. */
const later = z.unknown().optional();

const callable = z.custom<unknown>((value) => typeof value === "function", "a function");
const Setting = z.union([z.string(), z.strictObject({ env: z.string() })], 'a text or `{ env: "NAME" }`');
const Retry = z.strictObject({
  attempts: later,
  baseMs: later,
  capMs: later,
  on: z.array(z.string()).optional(),
});
const Hedge = z.strictObject({ minMs: later, maxMs: later });
const Get = z.union([z.string(), callable], "a path or a function");
/** Of its own form, for it is told of once. */
const From = z.custom<Upstream>((value) => isObject(value), "what `upstream` returns");

const UpstreamForm = z.strictObject({
  name: z.string(),
  origin: Setting,
  timeoutMs: later,
  maxBytes: later,
  headers: z.record(z.string(), Setting),
  forward: z.array(z.string()),
  retry: Retry,
  hedge: Hedge.optional(),
  breaker: z
    .strictObject({ windowMs: later, minCalls: later, failureRatio: later, openMs: later })
    .optional(),
  pace: z.string().optional(),
});

const Fallback = z.union(
  [
    z.strictObject({ from: From, get: Get.optional() }),
    z.strictObject({ staleMs: z.number() }),
    // It may be `undefined`, and has to be there.
    z.custom<unknown>((step) => isObject(step) && Object.keys(step).join() === "value"),
  ],
  "`{ from }`, `{ staleMs }` or `{ value }`",
);

const BranchForm = z.strictObject({
  name: z.string(),
  from: From,
  get: Get,
  needs: z.array(z.string()),
  optional: z.boolean(),
  statusFrom: z.boolean(),
  timeoutMs: later,
  retry: Retry.optional(),
  hedge: z.union([Hedge, z.literal(false)], "an object with `minMs` and `maxMs`, or `false`").optional(),
  fallback: z.array(Fallback),
  cache: z.strictObject({ freshMs: later, staleWhileRevalidateMs: later, staleIfErrorMs: later }).optional(),
  schema: z
    .custom((value) => isObject(value) && "~standard" in value, "a schema, as Zod makes them")
    .optional(),
  pick: z.array(z.string()).optional(),
  rename: z.record(z.string(), z.string()).optional(),
  map: callable.optional(),
  each: z
    .strictObject({
      of: callable,
      key: callable,
      batchSize: later,
      keyOfItem: callable.optional(),
      max: later,
      partial: z.boolean(),
      attach: callable.optional(),
    })
    .optional(),
  pages: z
    .strictObject({
      by: z.enum(["number", "cursor", "link"]),
      size: later,
      maxPages: later,
      items: callable.optional(),
      next: callable.optional(),
      cursorField: z.string(),
    })
    .optional(),
});

const MergeForm = z.union(
  [
    z.strictObject({ strategy: z.literal("namespace") }),
    z.strictObject({
      strategy: z.enum(["shallow", "deep"]),
      conflicts: z.enum(["error", "first", "last", "concat"]).optional(),
    }),
  ],
  "`namespace`, or `shallow` or `deep` with `conflicts` as `error`, `first`, `last` or `concat`",
);

const EndpointForm = z.strictObject({
  route: z.string(),
  scope: z.string().optional(),
  deadlineMs: later,
  lanes: z.boolean(),
  branches: z.array(later),
  respond: callable.optional(),
  merge: MergeForm,
});

/** Makes what reports where an endpoint is not of the form that its type demands, an upstream's faults once. */
export function formChecker() {
  const known = new Map<unknown, boolean>();

  const isUpstreamFine = (upstream: unknown, report: (fault: string) => void): boolean => {
    const before = known.get(upstream);
    if (before !== undefined) return before;
    const faults = formFaults(UpstreamForm, upstream);
    const { name } = upstream as { readonly name?: unknown }; // an object, as the form of a branch has it
    for (const fault of faults) report(`upstream \`${String(name)}\`: ${fault}`);
    known.set(upstream, faults.length === 0);
    return faults.length === 0;
  };

  const isBranchFine = (branch: unknown, report: (fault: string) => void): boolean => {
    const faults = formFaults(BranchForm, branch);
    for (const fault of faults) report(fault);
    if (faults.length > 0) return false;
    const { from, fallback } = branch as EndpointDefinition["branches"][number]; // as the form has it
    const upstreams = [from, ...fallback.flatMap((step) => ("from" in step ? [step.from] : []))];
    return upstreams.map((one) => isUpstreamFine(one, report)).every(Boolean);
  };

  /** @returns Whether it can be planned. */
  return (definition: EndpointDefinition, report: (fault: string) => void): boolean => {
    const faults = formFaults(EndpointForm, definition);
    for (const fault of faults) report(fault);
    if (faults.length > 0) return false;
    return definition.branches
      .map((branch) => isBranchFine(branch, (fault) => report(`branch \`${branch.name}\`: ${fault}`)))
      .every(Boolean);
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
