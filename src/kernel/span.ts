/** Is told of every task that runs within one of its spans. Must not throw. */
export interface Observer {
  onStart?(span: Span): void;
  onEnd?(span: Span, end: SpanEnd): void;
}

/** One task's place in a trace. */
export interface Span {
  readonly name: string;
  readonly parent: Span | undefined;
  /** By the clock of the operation. */
  readonly startMs: number;
  readonly observer: Observer;
}

/** How a span ended. A cancelled task did not fail: its result was not needed any more. */
export type SpanEnd =
  | { readonly endMs: number; readonly outcome: "ok" }
  | { readonly endMs: number; readonly outcome: "failed" | "cancelled"; readonly error: unknown };
