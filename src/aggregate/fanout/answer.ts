import * as z from "zod";

const ItemAnswer = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown().optional().meta({ description: "What came, where it was JSON" }),
  text: z.string().optional().meta({ description: "What came, where it was text" }),
  base64: z.string().optional().meta({ description: "What came, where it was neither" }),
});

/** What a fan-out answers, as the document and the typed client know it. */
export const FanoutAnswer = z.object({
  mode: z.enum(["all", "settled", "first"]),
  durationMs: z.number(),
  results: z.array(
    z.object({
      id: z.string(),
      startMs: z.number(),
      endMs: z.number(),
      attempts: z.int(),
      ok: z.boolean(),
      outcome: z.string().optional().meta({ description: "What kept it from succeeding" }),
      causes: z
        .array(z.string())
        .optional()
        .meta({ description: "The outcome of each address, where several were tried in vain" }),
      answer: ItemAnswer.optional(),
    }),
  ),
});

/** The same as a type. */
export type FanoutAnswer = Readonly<z.infer<typeof FanoutAnswer>>;
