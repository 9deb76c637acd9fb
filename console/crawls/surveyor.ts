import {
  complaintOf,
  getOf,
  isAnswer,
  isFinal,
  postJson,
  type Refusal,
  type Unreachable,
} from "../exchange.ts";
import { isObject } from "../is-object.ts";
import type { Crawl, Hosts, Pages, Why } from "./answers.ts";
import {
  areHostsDue,
  beginSurvey,
  lacksFirst,
  MOST_PAGES,
  type Survey,
  withCrawl,
  withFirst,
  withPages,
} from "./survey.ts";

/** How often a crawl is looked at anew while it is open. */
const EVERY_MS = 1_000;

/** What is shown: a survey as far as it has come, and why it does not go on, if it does not. */
interface Shown {
  readonly survey: Survey | undefined;
  readonly failure: Refusal | Unreachable | undefined;
}

/** What can be done to a crawl. */
export type Steering = "pause" | "resume" | "stop";

/** Looks at one crawl, again and again while somebody sees it. */
export interface Surveyor {
  readonly get: () => Shown;
  readonly subscribe: (listener: () => void) => () => void;
  readonly open: (id: string | undefined) => void;
  readonly close: () => void;
  readonly look: () => void;
  /** @returns The new crawl's id, or why there is none. */
  readonly start: (body: object) => Promise<string | Refusal | Unreachable>;
  readonly steer: (steering: Steering) => Promise<Refusal | Unreachable | undefined>;
  readonly why: (url: string) => Promise<Why | Refusal | Unreachable>;
}

interface SurveyorOptions {
  /** Calls back so often, until what it returns is called. */
  readonly every: (listener: () => void, everyMs: number) => () => void;
  readonly nowMs: () => number;
}

/** Begins with no crawl. */
export function createSurveyor({ every, nowMs }: SurveyorOptions): Surveyor {
  const listeners = new Set<() => void>();
  let shown: Shown = { survey: undefined, failure: undefined };
  let current = new AbortController();
  /** That of the look that has not come to its end. */
  let looking: AbortSignal | undefined;
  let stop: (() => void) | undefined;

  const become = (next: Shown) => {
    shown = next;
    for (const listener of listeners) listener();
  };

  /** Asks how it stands, for the pages since the last time, and for as much else as is due. */
  const surveyOnce = async (before: Survey, isAsked: boolean, signal: AbortSignal) => {
    const path = `/v1/crawls/${before.id}`;
    const crawl = await getOf<Crawl>(path, signal);
    if (!isAnswer(crawl)) return become({ survey: before, failure: crawl });
    let survey = withCrawl(before, crawl, nowMs());
    // A cursor is the number of a page: of a fast crawl, or a long one, those in between are left out.
    const after = Math.max(Number(survey.cursor ?? 0), crawl.counts.pages - MOST_PAGES);
    const pages = await getOf<Pages>(`${path}/pages?cursor=${after}`, signal);
    if (!isAnswer(pages)) return become({ survey, failure: pages });
    const last = pages.items.at(-1);
    survey = withPages(survey, pages.items, pages.cursor ?? (last && String(last.seq)));
    become({ survey, failure: undefined });
    if (lacksFirst(survey)) {
      const first = await getOf<Pages>(`${path}/pages?cursor=${survey.first.length}`, signal);
      if (!isAnswer(first)) return become({ survey, failure: first });
      survey = withFirst(survey, first.items);
      become({ survey, failure: undefined });
    }
    const beganMs = nowMs();
    if (!isAsked && !areHostsDue(survey, beganMs)) return;
    const answer = await getOf<Hosts>(`${path}/hosts`, signal);
    const atMs = nowMs();
    // Where it is not had, that is said in its place, and the rest goes on.
    become({
      survey: { ...survey, hosts: { answer, atMs, tookMs: atMs - beganMs, crawl } },
      failure: undefined,
    });
  };
  const look = async (isAsked: boolean) => {
    const { survey } = shown;
    const { signal } = current;
    // A slow answer is waited for.
    if (survey === undefined || looking === signal) return;
    looking = signal;
    try {
      await surveyOnce(survey, isAsked, signal);
    } catch (error) {
      // We aborted it ourselves, for another crawl.
      if (!signal.aborted) throw error;
    } finally {
      if (looking === signal) looking = undefined;
    }
  };

  return {
    get: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    open(id) {
      if (id !== shown.survey?.id) {
        current.abort();
        current = new AbortController();
        become({ survey: id === undefined ? undefined : beginSurvey(id), failure: undefined });
      }
      void look(false);
      stop ??= every(() => {
        if (shown.failure?.kind !== "refused" || !isFinal(shown.failure)) void look(false);
      }, EVERY_MS);
    },
    close() {
      stop?.();
      stop = undefined;
    },
    look: () => void look(true),
    async start(body) {
      const answer = await postJson("/v1/crawls", body);
      const complaint = complaintOf(answer);
      if (complaint !== undefined) return complaint;
      return "body" in answer && isObject(answer.body) ? String(answer.body["id"]) : "";
    },
    async steer(steering) {
      const complaint = complaintOf(await postJson(`/v1/crawls/${shown.survey?.id}/${steering}`, {}));
      void look(false);
      return complaint;
    },
    // Is waited for by who asked, though the crawl is left meanwhile: an abort would be a failure that nobody takes.
    why: async (url) =>
      await getOf<Why>(
        `/v1/crawls/${shown.survey?.id}/why?url=${encodeURIComponent(url)}`,
        new AbortController().signal,
      ),
  };
}
