import { type Clock, sleep } from "#kernel";

/** How a fake upstream answers a path. */
export interface FakeAnswer {
  readonly afterMs?: number;
  /** Answered as JSON, unless it is a string, which goes out as it is. */
  readonly body?: unknown;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Fails before the headers. */
  readonly refuses?: true;
  /** Never answers. */
  readonly hangs?: true;
  /** Goes silent, or breaks, after the first half of the body. */
  readonly body2?: "hangs" | "breaks";
}

/** A stand-in for `fetch`, with a count of what is open. */
export function fakeUpstream(clock: Clock, answers: Readonly<Record<string, FakeAnswer>>) {
  const state = { calls: [] as string[], open: 0, mostOpen: 0, requests: [] as RequestInit[] };

  const fetch = async (request: string, init: RequestInit): Promise<Response> => {
    const { pathname, search } = new URL(request);
    const signal = init.signal as AbortSignal;
    const answer = answers[pathname + search] ?? { status: 404, body: {} };
    state.calls.push(pathname + search);
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
  { body = {}, body2, status = 200, headers }: FakeAnswer,
  signal: AbortSignal,
  close: () => void,
) {
  if ([204, 205, 304].includes(status)) {
    close();
    return new Response(null, { status });
  }
  const bytes = new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
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
        controller.enqueue(bytes);
        controller.close();
        end();
        return;
      }
      controller.enqueue(bytes.slice(0, bytes.length / 2));
      if (body2 === "breaks") queueMicrotask(() => fail(new TypeError("connection lost")));
    },
    cancel: end,
  });
  return new Response(stream, { status, headers: { "Content-Type": "application/json", ...headers } });
}
