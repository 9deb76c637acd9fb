import { hideTokens } from "./token-form.ts";

/**
 * Every problem Manifold answers with: its code, its status, its title, and its type where somebody else has defined it.
 * `docs/problems.md` explains each.
 */
export const PROBLEMS = {
  "bad-request": [400, "The request cannot be understood"],
  unauthorized: [401, "Who asks is not known"],
  "insufficient-scope": [403, "The token is not good for this"],
  "origin-not-allowed": [403, "Pages of this origin may not ask here"],
  "not-a-member": [403, "This room is for others"],
  "not-found": [404, "There is nothing here"],
  "method-not-allowed": [405, "This path does not take this method"],
  "precondition-failed": [412, "It is not as the condition demands"],
  "task-ended": [409, "The task has ended already"],
  "task-not-retryable": [409, "The task has not ended without success"],
  "crawl-gone": [410, "The crawl has been forgotten"],
  "task-gone": [410, "The task has been forgotten"],
  "content-too-large": [413, "The body is too large"],
  "unsupported-media-type": [415, "The body is not of the type that is taken"],
  "range-not-satisfiable": [416, "The file has none of these bytes"],
  "idempotency-key-reused": [422, "The key was another request's"],
  "upgrade-required": [426, "Only a WebSocket can be had here"],
  "quota-exceeded": [
    429,
    "Request cannot be satisfied as assigned quota has been exceeded",
    // draft-ietf-httpapi-ratelimit-headers, 5.1; the member `violated-policies` is its, too.
    "https://iana.org/assignments/http-problem-types#quota-exceeded",
  ],
  "client-closed-request": [499, "The client left before the answer"],
  "config-invalid": [500, "The configuration cannot run"],
  "internal-error": [500, "Something went wrong in here"],
  "upstream-failed": [502, "An upstream failed"],
  "fanout-failed": [502, "The requests did not succeed"],
  "merge-conflict": [502, "Upstreams contradict one another"],
  "upstream-refused": [502, "An upstream refused the request"],
  "upstream-unavailable": [503, "An upstream is left alone for a while"],
  "limit-unavailable": [503, "The limiter cannot be asked"],
  "rooms-unavailable": [503, "The room cannot be reached"],
  "files-unavailable": [503, "The files cannot be reached"],
  "tasks-unavailable": [503, "Some of the tasks cannot be reached"],
  "crawls-unavailable": [503, "The crawl cannot be reached"],
  "not-ready": [503, "Parts of this Manifold cannot be reached"],
  "auth-not-configured": [503, "No one is let in yet"],
  "tickets-not-configured": [503, "There are no tickets yet"],
  "upstream-timeout": [504, "An upstream took too long"],
} as const satisfies Record<string, readonly [status: number, title: string, type?: string]>;

/** Names one kind of problem. */
export type ProblemCode = keyof typeof PROBLEMS;

/** A problem as a body of `application/problem+json` (RFC 9457), with the members of its code. */
export interface Problem {
  /** `urn:manifold:problem:<code>`, or the type that somebody else has defined. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** The request id. */
  readonly instance?: string;
  readonly [member: string]: unknown;
}

interface ProblemOptions {
  /** In place of the code's own status. */
  readonly status?: number | undefined;
  /** What went wrong this time; for the caller's eyes. */
  readonly detail?: string | undefined;
  /** Members of the code's own. */
  readonly members?: Readonly<Record<string, unknown>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A problem to answer with, thrown from wherever it is found. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
  readonly #code: ProblemCode;
  readonly #options: ProblemOptions;

  constructor(code: ProblemCode, options: ProblemOptions & ErrorOptions = {}) {
    const [status, title, type = `urn:manifold:problem:${code}`] = PROBLEMS[code];
    const { detail } = options;
    super(detail ?? title, options);
    this.headers = options.headers ?? {};
    this.problem = {
      type,
      title,
      status: options.status ?? status,
      ...(detail === undefined ? {} : { detail }),
      ...options.members,
    };
    this.#code = code;
    this.#options = options;
  }

  /** The same problem with more members and headers. */
  with({ members, headers }: Pick<ProblemOptions, "members" | "headers">): ProblemError {
    return new ProblemError(this.#code, {
      ...this.#options,
      cause: this.cause,
      members: { ...this.#options.members, ...members },
      headers: { ...this.#options.headers, ...headers },
    });
  }
}

/** Answers with a problem: never cached, and under the request's id. */
export function problemResponse({ problem, headers }: ProblemError, instance: string): Response {
  // What a caller sent may be in the detail, and part of that may be a token.
  return new Response(hideTokens(JSON.stringify({ ...problem, instance })), {
    status: problem.status,
    headers: { ...headers, "Content-Type": "application/problem+json", "Cache-Control": "no-store" },
  });
}
