import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import type { Json } from "../../src/aggregate/branch-options.ts";
import { endpoint, upstream } from "../../src/aggregate/endpoint.ts";
import { url } from "../../src/aggregate/target.ts";

const atlas = upstream("atlas", { origin: "https://atlas.example" });
const User = z.object({ id: z.number(), name: z.string() });
const Posts = z.array(z.object({ title: z.string() }));

// Most of what is checked here is checked by the compiler: a line that must not compile says so.
describe("endpoint", () => {
  it("carries each branch's type into `needs`, `map` and `respond`", () => {
    const { definition } = endpoint("GET /api/users/:id/in/:team")
      .branch("user", { from: atlas, get: "/users/:id", schema: User })
      .branch("titles", {
        from: atlas,
        needs: ["user"],
        get: ({ needs, params, query }) => {
          expectTypeOf(needs).toEqualTypeOf<{ readonly user: { id: number; name: string } }>();
          expectTypeOf(params.id).toBeString();
          expectTypeOf(params.team).toBeString();
          return url`/posts?author=${needs.user.id}&team=${params.team}&page=${query.get("page") ?? 1}`;
        },
        schema: Posts,
        map: (posts) => posts.map(({ title }) => title),
        optional: true,
      })
      .branch("raw", { from: atlas, get: "/raw" })
      .respond(({ user, titles, raw }) => {
        expectTypeOf(user).toEqualTypeOf<{ id: number; name: string }>();
        expectTypeOf(titles).toEqualTypeOf<string[] | undefined>();
        expectTypeOf(raw).toEqualTypeOf<Json>();
        return { name: user.name, first: titles?.[0] };
      });
    expect(definition.branches.map(({ name, optional }) => ({ name, optional }))).toEqual([
      { name: "user", optional: false },
      { name: "titles", optional: true },
      { name: "raw", optional: false },
    ]);
    expect(definition.respond?.({ user: { id: 1, name: "Ada" }, titles: ["One"] })).toEqual({
      name: "Ada",
      first: "One",
    });
  });

  it("refuses at compile time what cannot be", () => {
    const base = endpoint("GET /api/users/:id")
      .branch("user", { from: atlas, get: "/users/:id", schema: User })
      .branch("posts", { from: atlas, get: "/posts", schema: Posts, optional: true });

    // @ts-expect-error -- an optional branch may be missing
    base.respond(({ posts }) => posts.length);
    // @ts-expect-error -- there is no such branch
    base.respond(({ psots }) => psots);
    // @ts-expect-error -- a branch that does not exist cannot be needed
    base.branch("more", { from: atlas, get: "/more", needs: ["usr"] });
    // @ts-expect-error -- a branch that is not needed cannot be used
    base.branch("more", { from: atlas, needs: ["user"], get: ({ needs }) => url`/${needs.posts.length}` });
    // @ts-expect-error -- the path has no such parameter
    base.branch("more", { from: atlas, get: ({ params }) => url`/more/${params.name}` });
    // @ts-expect-error -- an unencoded string is no target
    base.branch("more", { from: atlas, get: ({ params }) => `/more/${params.id}` });
    // @ts-expect-error -- only GET is supported
    expect(() => endpoint("POST /api/users")).not.toThrow();
  });

  it("leaves the endpoint it builds on as it was", () => {
    const base = endpoint("GET /api/users").branch("a", { from: atlas, get: "/a" });
    const longer = base.branch("b", { from: atlas, get: "/b" });
    expect([base.definition.branches.length, longer.definition.branches.length]).toEqual([1, 2]);
  });
});
