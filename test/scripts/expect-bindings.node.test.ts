import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { expectBindings } from "../../scripts/expect-bindings.ts";
import { readWrangler } from "../../scripts/worker-variables.ts";

const wrangler = await readWrangler();

describe("expectBindings", () => {
  it("finds in wrangler.toml all that the Worker's type has, but for what single tasks need", () => {
    expect(() => expectBindings(wrangler)).not.toThrow();
    const types = readFileSync("src/worker-env.d.ts", "utf8");
    const typed = [...types.matchAll(/^ +([A-Z_]+): /gm)].map(([, name = ""]) => name);
    const empty = { durable_objects: { bindings: [] }, queues: {}, r2_buckets: [] };
    for (const name of typed.filter((one) => !["EMAIL", "IMAGES"].includes(one)))
      expect(() => expectBindings(empty)).toThrow(`\`${name}\``);
  });

  it("names one that is missing, where it belongs, and what stands there instead", () => {
    const others = wrangler.r2_buckets.filter(({ binding }) => binding !== "FILES");
    expect(() => expectBindings({ ...wrangler, r2_buckets: others })).toThrow(
      /^wrangler\.toml: expected the binding `FILES` among `\[\[r2_buckets\]\]`; add it$/,
    );
    expect(() => expectBindings({ ...wrangler, r2_buckets: [...others, { binding: "FILE" }] })).toThrow(
      "; there is `FILE`",
    );
  });
});
