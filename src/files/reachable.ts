import { ProblemError } from "../http/problem.ts";
import type { Bucket, MultipartUpload } from "./bucket.ts";

/** What can go wrong with a bucket. */
function unavailable(cause: unknown): never {
  throw new ProblemError("files-unavailable", { cause });
}

/** The same bucket, for routes: what it fails with is the problem `files-unavailable`, with the cause for the log. */
export function reachable(bucket: Bucket): Bucket {
  return {
    head: async (key) => await bucket.head(key).catch(unavailable),
    get: async (key, options) => await bucket.get(key, options).catch(unavailable),
    put: async (key, value, options) => await bucket.put(key, value, options).catch(unavailable),
    delete: async (key) => await bucket.delete(key).catch(unavailable),
    list: async (options) => await bucket.list(options).catch(unavailable),
    createMultipartUpload: async (key, options) =>
      reachableUpload(await bucket.createMultipartUpload(key, options).catch(unavailable)),
    resumeMultipartUpload: (key, uploadId) => bucket.resumeMultipartUpload(key, uploadId),
  };
}

function reachableUpload(upload: MultipartUpload): MultipartUpload {
  return {
    uploadId: upload.uploadId,
    uploadPart: async (number, value) => await upload.uploadPart(number, value).catch(unavailable),
    complete: async (parts) => await upload.complete(parts).catch(unavailable),
    abort: async () => await upload.abort().catch(unavailable),
  };
}
