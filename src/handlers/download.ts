import { systemClock } from "#kernel";
import type { Bucket, OpenFixedLength } from "../files/bucket.ts";
import { download } from "../files/download/download.ts";
import { DownloadError } from "../files/download/failure.ts";
import { Leftover, removeLeftover } from "../files/download/leftover.ts";
import { DownloadRequest } from "../files/download/request.ts";
import type { TaskContext } from "../tasks/context.ts";
import { NotRetryableError, RetryAfterError, task, type TaskType } from "../tasks/define.ts";
import { bucketFrom } from "./binding.ts";
import { openPlatformDigest } from "./platform-digest.ts";
import { expectNames, type FromEnvironment } from "./variable.ts";

/** How downloads are stored. */
export interface DownloadOptions {
  /** The R2 bucket. */
  readonly bucket: FromEnvironment;
}

/** A download's own limit comes first; a task may have no more. */
const TIMEOUT_MS = 14 * 60_000;

/**
 * A URL to R2: `{url, key?, sha256?, maxBytes?, idleTimeoutMs?, totalTimeoutMs?, minBytesPerSecond?, headers?}`. The result
 * is `{key, bytes, etag}`. Cancelled or failed, it leaves nothing.
 */
export function downloadTask({ bucket: from }: DownloadOptions): TaskType {
  expectNames({ bucket: from });
  return task("download", {
    payload: DownloadRequest,
    timeoutMs: TIMEOUT_MS,
    async handle({ payload, id, signal, record, services, progress, confirm }) {
      const bucket = bucketFrom(services, from);
      await forgetEarlier(bucket, record);
      const log = {
        opened: async (key: string, uploadId: string) => await record.save({ key, uploadId }),
        closed: async () => await record.save(undefined),
      };
      try {
        return await download(
          { ...payload, key: payload.key ?? `downloads/${id}` },
          {
            store: { bucket, openFixedLength, openDigest: openPlatformDigest, owner: id, log },
            fetch: services.fetch,
            policy: { allowLoopback: services.allowLoopback, hosts: services.hosts },
            signal,
            clock: systemClock,
            epochMs: () => Date.now(),
            random: () => Math.random(),
            progress,
            confirm,
          },
        );
      } catch (error) {
        throw toTaskError(error);
      }
    },
    async cleanUp(record, services) {
      await removeLeftover(bucketFrom(services, from), Leftover.parse(record));
    },
  });
}

/** What an attempt before this one could not put away. */
async function forgetEarlier(bucket: Bucket, record: TaskContext<unknown>["record"]): Promise<void> {
  if (record.value === undefined) return;
  await removeLeftover(bucket, Leftover.parse(record.value));
  await record.save(undefined);
}

function toTaskError(error: unknown): unknown {
  if (!(error instanceof DownloadError)) return error;
  if (!error.isRetryable) return new NotRetryableError(error.message, { cause: error });
  if (error.retryAfterMs === undefined) return error;
  return new RetryAfterError(error.message, error.retryAfterMs, { cause: error });
}

/** The platform's; the types of Node, which read this too, do not know it. */
const openFixedLength: OpenFixedLength = (bytes) => {
  const { FixedLengthStream: Stream } = globalThis as unknown as {
    FixedLengthStream: new (bytes: number) => ReturnType<OpenFixedLength>;
  };
  return new Stream(bytes);
};
