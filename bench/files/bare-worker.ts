import type { Bucket } from "../../src/files/bucket.ts";

/** `?url=…&key=…`: what a Worker written by hand does, with no check of anything: as fast as this R2 takes a file. */
async function answer(request: Request, { FILES: files }: { readonly FILES: Bucket }): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const { body } = await fetch(searchParams.get("url") ?? "");
  if (body === null) return new Response("no body", { status: 502 });
  const file = await files.put(searchParams.get("key") ?? "", body, {});
  return Response.json({ size: file?.size });
}

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default { fetch: answer };
