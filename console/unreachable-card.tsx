import type { Unreachable } from "./exchange.ts";

interface UnreachableCardProps {
  readonly failure: Unreachable;
  readonly onRetry: () => void;
}

/** Says that no answer came, and that nobody knows more. */
export function UnreachableCard({ failure, onRetry }: UnreachableCardProps) {
  return (
    <article class="panel card failure" role="alert">
      <header>
        <h2>No answer came</h2>
      </header>
      <p>
        Manifold cannot be reached, or the connection broke before its answer was here. Whether the request
        arrived is not known; it only reads, so asking again is safe.
      </p>
      <p class="muted">
        The browser says: <code>{failure.reason}</code>
      </p>
      <p>
        <button type="button" class="main" onClick={onRetry}>
          Try again
        </button>
      </p>
    </article>
  );
}
