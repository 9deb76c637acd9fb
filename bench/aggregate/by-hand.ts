import endpoints from "./endpoints.json" with { type: "json" };

/** Cloudflare lets this many connections of an invocation wait for headers; workerd alone does not hold to it. */
const CONNECTIONS = 6;

/** A call that an endpoint of `endpoints.json` makes. */
export interface Branch {
  readonly name: string;
  readonly path: string;
  readonly timeoutMs: number;
}

/** What a request asks for: the branches, and the id that goes into their paths. */
export function branchesOf(request: Request): { readonly branches: readonly Branch[]; readonly id: string } {
  const [, , name = "", id = ""] = new URL(request.url).pathname.split("/");
  return { branches: (endpoints as Record<string, readonly Branch[]>)[name] ?? [], id };
}

/** `Promise.allSettled`, with no more calls at once than there are connections. */
export async function settleAll(
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
