/** Cloudflare lets this many connections of an invocation wait for headers; workerd alone does not hold to it. */
const CONNECTIONS = 6;

/** Answers a `POST` of `{requests: [{url}]}` with what each answered, by hand: six lanes of work over one list. */
async function answer(request: Request): Promise<Response> {
  const { requests } = (await request.json()) as { readonly requests: readonly { readonly url: string }[] };
  const bodies: unknown[] = [];
  const waiting = requests.entries();
  const work = async () => {
    for (const [index, { url }] of waiting) {
      const response = await fetch(url);
      bodies[index] = await response.json();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return new Response(JSON.stringify({ results: bodies.map((body) => ({ answer: { body } })) }), {
    headers: { "Content-Type": "application/json" },
  });
}

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default { fetch: answer };
