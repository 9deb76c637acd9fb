/** Where the test is told how far something is; it may end the machine instead of an answer. */
export interface CrashEnv extends Cloudflare.Env {
  readonly CRASH_URL: string;
}

/** Says that something is at a point, and goes on if there is an answer. What it has written is committed before. */
export type Tell = (point: string) => Promise<void>;

/** Tells the test. */
export function tellTo({ CRASH_URL }: CrashEnv): Tell {
  return async (point) => {
    await (await fetch(`${CRASH_URL}/at/${point}`)).body?.cancel();
  };
}

/** A queue that says when it is sent to. */
export function tellingQueue<T>(queue: Queue<T>, tell: Tell, before: () => string): Queue<T> {
  const telling = {
    async sendBatch(...args: Parameters<Queue<T>["sendBatch"]>) {
      await tell(before());
      const answer = await queue.sendBatch(...args);
      await tell("after-send");
      return answer;
    },
  };
  return telling as Queue<T>; // all of it that a shard or a crawl uses
}
