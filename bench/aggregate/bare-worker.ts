import endpoints from "./endpoints.json" with { type: "json" };

/** Cloudflare lets this many connections of an invocation wait for headers; workerd alone does not hold to it. */
const CONNECTIONS = 6;

interface Branch {
  readonly name: string;
  readonly path: string;
  readonly timeoutMs: number;
}

/** The same as `manifold.config.ts`, written by hand with what the platform gives. */
async function answer(request: Request, { UPSTREAM }: { readonly UPSTREAM: string }): Promise<Response> {
  const [, , name = "", id = ""] = new URL(request.url).pathname.split("/");
  const branches: readonly Branch[] = (endpoints as Record<string, readonly Branch[]>)[name] ?? [];
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

/** `Promise.allSettled`, with no more calls at once than there are connections. */
async function settleAll(
  branches: readonly Branch[],
  get: (branch: Branch) => Promise<unknown>,
): Promise<readonly PromiseSettledResult<unknown>[]> {
  if (branches.length <= CONNECTIONS) return await Promise.allSettled(branches.map(get));
  const outcomes: PromiseSettledResult<unknown>[] = [];
  const waiting = branches.entries();
  const work = async () => {
    for (const [index, branch] of waiting) [outcomes[index]] = await Promise.allSettled([get(branch)]);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return outcomes;
}

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default { fetch: answer };
