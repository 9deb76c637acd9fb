import * as z from "zod";

/** The longest key that a caller may use. */
const LONGEST_KEY = 512;

/** Whom to count by, as a caller of the API says it. */
const Key = z
  .string()
  .min(1)
  .max(LONGEST_KEY)
  .meta({ description: "Whom or what the tokens are counted for" });

/** The body of `POST /v1/limits/:policy/acquire`. */
export const Acquire = z.strictObject({
  key: Key,
  cost: z.int().min(1).default(1).meta({ description: "How many tokens to take" }),
  mode: z.enum(["try", "wait", "lease"]).default("try").meta({
    description:
      "`try` answers at once; `wait` waits its turn; `lease` is a try that may be answered without asking the limiter",
  }),
  maxWaitMs: z
    .int()
    .min(0)
    .optional()
    .meta({ description: "Of mode `wait`; no longer than the policy's own" }),
});

/** The query of `GET /v1/limits/:policy`. */
export const Look = z.strictObject({ key: Key });

/** The answer to who may go; who may not gets a problem. */
export const Acquired = z.object({
  allowed: z.literal(true),
  remaining: z.int().min(0).meta({ description: "Tokens left under the policy that binds" }),
  retryAfterMs: z.int().min(0),
  waitedMs: z.int().min(0),
  unchecked: z.enum(["overloaded", "silent", "failed"]).optional().meta({
    description: "The limiter could not be asked, and the policy is open",
  }),
});

/** How a key stands. */
export const LimitState = z.object({
  policy: z.string().meta({ description: "The policy that binds" }),
  remaining: z.int().min(0),
  waiting: z.int().min(0).meta({ description: "How many wait" }),
  held: z.int().min(0).meta({ description: "How many tokens are on lease" }),
  policies: z.array(
    z.object({
      policy: z.string(),
      capacity: z.int(),
      remaining: z.int().min(0),
      nextMs: z.int().min(0).meta({ description: "When there will be one more" }),
    }),
  ),
});

/** The limits of the configuration. */
export const LimitPage = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      capacity: z.int().min(1).meta({ description: "The most tokens there are at once" }),
      refill: z
        .object({ tokens: z.int().min(1), perMs: z.int().min(1) })
        .meta({ description: "So many tokens come back every so many milliseconds, evenly" }),
      maxWaitMs: z.int().min(0),
      maxWaiters: z.int().min(0),
      onFailure: z.enum(["open", "closed"]),
    }),
  ),
  cursor: z.null(),
});
