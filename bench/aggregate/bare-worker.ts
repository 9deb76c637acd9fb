import { type Branch, branchesOf, settleAll } from "./by-hand.ts";

/** The same as `manifold.config.ts`, written by hand with what the platform gives. */
async function answer(request: Request, { UPSTREAM }: { readonly UPSTREAM: string }): Promise<Response> {
  const { branches, id } = branchesOf(request);
  const get = async ({ path, timeoutMs }: Branch) => {
    const response = await fetch(UPSTREAM + path.replace(":id", id), {
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await response.json();
  };
  const outcomes = await settleAll(branches, get);
  const results: Record<string, unknown> = {};
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === "fulfilled") results[branches[index]?.name ?? ""] = outcome.value;
  }
  return new Response(JSON.stringify(results), { headers: { "Content-Type": "application/json" } });
}

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default { fetch: answer };
