/** Why a download failed. Nothing of it is left in the bucket. */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
  /** Whether the same download may succeed later. */
  readonly isRetryable: boolean;
  /** Not before then, by what the other side says. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    {
      isRetryable,
      retryAfterMs,
      cause,
    }: { isRetryable: boolean; retryAfterMs?: number | undefined; cause?: unknown },
  ) {
    super(message, { cause });
    this.isRetryable = isRetryable;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Fails a download for good. */
export function refuse(message: string, cause?: unknown): DownloadError {
  return new DownloadError(message, { isRetryable: false, cause });
}
