import { type Clock, sleep } from "#kernel";

/** How a fake upstream answers a path. */
export interface FakeAnswer {
  readonly afterMs?: number;
  /** Answered as JSON. */
  readonly body?: unknown;
  /** Goes out as it is, in place of `body`; in pieces, if it is in some. */
  readonly raw?: string | readonly string[];
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Fails before the headers. */
  readonly refuses?: true;
  /** Never answers. */
  readonly hangs?: true;
  /** Goes silent, or breaks, after the first half of the body. */
  readonly body2?: "hangs" | "breaks";
}

/** What a fake upstream answers by path, or by the path and how often it was asked for it, from 1. */
export type FakeAnswers = Readonly<Record<string, FakeAnswer | ((count: number) => FakeAnswer)>>;

/** A stand-in for `fetch`, with a count of what is open. */
export function fakeUpstream(clock: Clock, answers: FakeAnswers) {
  const state = { calls: [] as string[], open: 0, mostOpen: 0, requests: [] as RequestInit[] };

  const fetch = async (request: string, init: RequestInit): Promise<Response> => {
    const { pathname, search } = new URL(request);
    const signal = init.signal as AbortSignal;
    state.calls.push(pathname + search);
    const planned = answers[pathname + search] ?? { status: 404, body: {} };
    const count = state.calls.filter((call) => call === pathname + search).length;
    const answer = typeof planned === "function" ? planned(count) : planned;
    state.requests.push(init);
    state.open += 1;
    state.mostOpen = Math.max(state.mostOpen, state.open);
    const close = () => (state.open -= 1);
    try {
      await sleep(answer.hangs === true ? 1e9 : (answer.afterMs ?? 0), signal, clock);
      if (answer.refuses === true) throw new TypeError("connection refused");
    } catch (error) {
      close();
      throw error;
    }
    return toResponse(answer, signal, close);
  };
  return { state, fetch };
}

function toResponse(
  { body = {}, raw, body2, status = 200, headers }: FakeAnswer,
  signal: AbortSignal,
  close: () => void,
) {
  if ([204, 205, 304].includes(status)) {
    close();
    return new Response(null, { status });
  }
  const pieces = [raw ?? JSON.stringify(body)].flat().map((piece) => new TextEncoder().encode(piece));
  let isOpen = true;
  const end = () => {
    if (isOpen) close();
    isOpen = false;
  };
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const fail = (error: unknown) => {
        end();
        controller.error(error);
      };
      signal.addEventListener("abort", () => fail(signal.reason), { once: true });
      if (body2 === undefined) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
        end();
        return;
      }
      const [bytes = new Uint8Array()] = pieces;
      controller.enqueue(bytes.slice(0, bytes.length / 2));
      if (body2 === "breaks") queueMicrotask(() => fail(new TypeError("connection lost")));
    },
    cancel: end,
  });
  return new Response(stream, { status, headers: { "Content-Type": "application/json", ...headers } });
}
