import { unavailable } from "../http/unavailable.ts";
import type { Bucket, MultipartUpload } from "./bucket.ts";

/** What can go wrong with a bucket. */
function away(cause: unknown): never {
  throw unavailable("files-unavailable", { cause });
}

/** The same bucket, for routes: what it fails with is the problem `files-unavailable`, with the cause for the log. */
export function reachable(bucket: Bucket): Bucket {
  return {
    head: async (key) => await bucket.head(key).catch(away),
    get: async (key, options) => await bucket.get(key, options).catch(away),
    put: async (key, value, options) => await bucket.put(key, value, options).catch(away),
    delete: async (key) => await bucket.delete(key).catch(away),
    list: async (options) => await bucket.list(options).catch(away),
    createMultipartUpload: async (key, options) =>
      reachableUpload(await bucket.createMultipartUpload(key, options).catch(away)),
    resumeMultipartUpload: (key, uploadId) => bucket.resumeMultipartUpload(key, uploadId),
  };
}

function reachableUpload(upload: MultipartUpload): MultipartUpload {
  return {
    uploadId: upload.uploadId,
    uploadPart: async (number, value) => await upload.uploadPart(number, value).catch(away),
    complete: async (parts) => await upload.complete(parts).catch(away),
    abort: async () => await upload.abort().catch(away),
  };
}
