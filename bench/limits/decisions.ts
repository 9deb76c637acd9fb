/** How many decisions are asked for at once. */
const WIDTH = 32;

/**
 * What is asked for of a limit of 1,000 a second: now and then one, long after it as much as goes, and soon after that
 * again, where the first one's second is over.
 */
const BURSTS = [
  { decisions: 1, pauseMs: 880 },
  { decisions: 1_500, pauseMs: 120 },
  { decisions: 1_500, pauseMs: 1_100 },
];

/** What a contender does: decides, by a limit that is never reached or by one of 1,000 a second. */
export interface Decider {
  readonly decide: (key: string, limit: "high" | "low") => Promise<boolean>;
  /** Waits until it may go, at 5 at once and 5 a second; absent where there is no waiting. */
  readonly wait?: (key: string) => Promise<void>;
}

/** How many single decisions were asked for. */
let singles = 0;

/** Does what the bench asks of every contender, over HTTP. */
export async function answer(url: URL, { decide, wait }: Decider): Promise<unknown> {
  const key = url.searchParams.get("key") ?? "";
  switch (url.pathname) {
    case "/one":
      singles += 1;
      return { allowed: await decide(`${key}-${singles % Number(url.searchParams.get("keys"))}`, "high") };
    case "/many":
      return await decideMany(url, decide);
    case "/bursts":
      return { times: await burst(key, decide) };
    case "/wait":
      await wait?.(key);
      return { allowed: true };
    default:
      return {};
  }
}

async function decideMany(url: URL, decide: Decider["decide"]): Promise<unknown> {
  const count = Number(url.searchParams.get("count"));
  const keys = Number(url.searchParams.get("keys"));
  const key = url.searchParams.get("key") ?? "";
  let [asked, allowed] = [0, 0];
  const work = async () => {
    while (asked < count) {
      asked += 1;
      if (await decide(`${key}-${asked % keys}`, "high")) allowed += 1;
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, work));
  return { allowed };
}

/** When each decision came that was in favour, in milliseconds. */
async function burst(key: string, decide: Decider["decide"]): Promise<readonly number[]> {
  const times: number[] = [];
  for (const { decisions, pauseMs } of [...BURSTS, ...BURSTS]) {
    let left = decisions;
    const work = async () => {
      while (left > 0) {
        left -= 1;
        if (await decide(key, "low")) times.push(Date.now());
      }
    };
    await Promise.all(Array.from({ length: WIDTH }, work));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return times;
}
