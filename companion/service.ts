import type { CancelSignal } from "#kernel";

/** Something that listens. Disposing of it closes it at once, and whatever is still open in it. */
export interface Service extends AsyncDisposable {
  readonly name: string;
  /** Where it listens: `host:port`, or the path of a socket. */
  readonly address: string;
  /**
   * Accepts nothing more and lets finish what runs. Settles when nothing is left; when `deadline` aborts, what is left
   * is cut off.
   */
  drain(deadline: CancelSignal): Promise<DrainReport>;
}

/** What became of what ran when a service was told to drain. */
interface DrainReport {
  readonly name: string;
  readonly finished: number;
  /** How many were not done in time. */
  readonly cut: number;
}
