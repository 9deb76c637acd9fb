import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { addHeaders } from "../../src/http/add-headers.ts";

/** What is answered when a handler answers with this, and what it was before. */
async function answerTo(handler: () => Response) {
  let own: Response | undefined;
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    addHeaders(c, { "X-A": "1", "X-B": "2" });
  });
  app.get("/", () => (own = handler()));
  return { response: await app.request("/"), own };
}

describe("addHeaders", () => {
  it("adds to the answer itself", async () => {
    const { response, own } = await answerTo(
      () => new Response("text", { headers: { "X-A": "0", "X-C": "3" } }),
    );
    expect(response).toBe(own);
    expect(["X-A", "X-B", "X-C"].map((name) => response.headers.get(name))).toEqual(["1", "2", "3"]);
  });

  it("adds to a copy of an answer that cannot be changed", async () => {
    const { response, own } = await answerTo(() => Response.redirect("https://a.example/", 307));
    expect(own?.headers.has("X-A")).toBe(false);
    expect([response.status, response.headers.get("Location")]).toEqual([307, "https://a.example/"]);
    expect(["X-A", "X-B"].map((name) => response.headers.get(name))).toEqual(["1", "2"]);
  });
});
