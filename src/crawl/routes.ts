import { Hono } from "hono";
import { ulid } from "ulid";
import type { GuardPolicy } from "../http/address-guard.ts";
import type { CallerVariables } from "../http/caller.ts";
import { guarded } from "../http/guarded.ts";
import { idempotencyKey } from "../http/idempotency-key.ts";
import { refuseInput } from "../http/input.ts";
import { ProblemError } from "../http/problem.ts";
import { answering } from "../http/unavailable.ts";
import { archiveRoutes } from "./archive-routes.ts";
import { crawlAnswer, whyAnswer } from "./answers.ts";
import { crawlIdFor } from "./crawl-id.ts";
import { diffRoutes } from "./diff-routes.ts";
import { crawlExpecter, OF_A_CRAWL } from "./expect-crawl.ts";
import { createJudge } from "./judge.ts";
import type { CrawlOptions } from "./options.ts";
import type { CrawlPlan } from "./plan.ts";
import { recordRoutes } from "./record-routes.ts";
import { CrawlAnswer, CrawlBody, CrawlPath, SteeringPath, WhyAnswer, WhyQuery } from "./requests.ts";

const starting = guarded({
  scope: "crawl",
  summary: "Starts a crawl",
  description:
    "Breadth first, from the start URLs, by the robots.txt of each host. With an `Idempotency-Key`, as often as it is asked for under the same key, it starts once, and is answered as it was then.",
  takes: { json: CrawlBody },
  fields: ["Idempotency-Key"],
  answers: { 202: { description: "It runs; `Location` says where to look", schema: CrawlAnswer } },
  problems: ["idempotency-key-reused", "crawls-unavailable"],
});

const looking = guarded({
  scope: "crawl",
  summary: "Says how a crawl stands",
  takes: { param: CrawlPath },
  answers: { 200: { description: "It stands so", schema: CrawlAnswer } },
  problems: OF_A_CRAWL,
});

const asking = guarded({
  scope: "crawl",
  summary: "Says which rule lets a URL into a crawl, or keeps it out",
  takes: { param: CrawlPath, query: WhyQuery },
  answers: { 200: { description: "That is why", schema: WhyAnswer } },
  problems: OF_A_CRAWL,
});

const steering = guarded({
  scope: "crawl",
  summary: "Pauses, resumes or stops a crawl",
  description: "What has ended stays as it is. What is being fetched as it pauses still counts.",
  takes: { param: SteeringPath },
  answers: { 200: { description: "It stands so now", schema: CrawlAnswer } },
  problems: OF_A_CRAWL,
});

const removing = guarded({
  scope: "crawl",
  summary: "Ends a crawl and forgets all of it",
  takes: { param: CrawlPath },
  answers: { 204: { description: "It is gone" } },
  problems: OF_A_CRAWL,
});

/** Offers crawls. */
export function crawlRoutes(given: CrawlOptions) {
  const options = { ...given, crawlFor: (id: string) => answering(given.crawlFor(id), "crawls-unavailable") };
  const { crawlFor, policy, world } = options;
  const expectCrawl = crawlExpecter(options);
  return new Hono<CallerVariables>()
    .post("/v1/crawls", starting, async (c) => {
      const plan = c.req.valid("json");
      expectIn(plan, policy);
      const key = idempotencyKey(c.req.raw.headers);
      const id =
        key === undefined
          ? `crawl_${ulid(Math.floor(world.epochMs()), world.random)}`
          : await crawlIdFor(c.get("caller").name, key);
      const isThere = async (crawl: string) => (await crawlFor(crawl).look()) !== undefined;
      // What is repeated may be gone when a request comes again.
      if (plan.recrawlOf !== undefined && !(await isThere(plan.recrawlOf)) && !(await isThere(id)))
        throw refuseInput("recrawlOf", "there is no such crawl");
      const view = await crawlFor(id).create(plan);
      if (view === undefined) throw new ProblemError("idempotency-key-reused");
      return c.json(crawlAnswer(id, view), 202, { Location: `/v1/crawls/${id}` });
    })
    .get("/v1/crawls/:id", looking, async (c) => {
      const { id } = c.req.valid("param");
      return c.json(crawlAnswer(id, expectCrawl(id, await crawlFor(id).look())), 200);
    })
    .get("/v1/crawls/:id/why", asking, async (c) => {
      const { id } = c.req.valid("param");
      const { url } = c.req.valid("query");
      return c.json(whyAnswer(url, expectCrawl(id, await crawlFor(id).why(url))), 200);
    })
    .post("/v1/crawls/:id/:steering{pause|resume|stop}", steering, async (c) => {
      const { id, steering: how } = c.req.valid("param");
      return c.json(crawlAnswer(id, expectCrawl(id, await crawlFor(id).steer(how))), 200);
    })
    .delete("/v1/crawls/:id", removing, async (c) => {
      const { id } = c.req.valid("param");
      expectCrawl(id, (await crawlFor(id).remove()) || undefined);
      return c.body(null, 204);
    })
    .route("/", recordRoutes(options))
    .route("/", diffRoutes(options))
    .route("/", archiveRoutes(options));
}

/** Makes sure that a crawl may begin where it is told to. @throws {ProblemError} `bad-request`. */
function expectIn(plan: CrawlPlan, policy: GuardPolicy): void {
  for (const [index, url] of plan.startUrls.entries()) {
    if (URL.canParse(url)) continue;
    throw refuseInput(`startUrls.${index}`, "expected an http or https URL");
  }
  const judge = createJudge(plan, policy);
  for (const [index, url] of plan.startUrls.entries()) {
    const verdict = judge(url);
    if (!verdict.isIn)
      throw refuseInput(`startUrls.${index}`, verdict.detail ?? `is out by \`${verdict.rule}\``);
  }
}
