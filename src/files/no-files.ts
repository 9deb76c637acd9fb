import type { Bucket, OpenFixedLength } from "./bucket.ts";

const refuse = () => {
  throw new Error("Expected no file to be asked for where there are none");
};

/** A Manifold without files. */
export const noFiles: { readonly bucket: Bucket; readonly fixedLength: OpenFixedLength } = {
  fixedLength: refuse,
  bucket: {
    head: refuse,
    get: refuse,
    put: refuse,
    delete: refuse,
    list: refuse,
    createMultipartUpload: refuse,
    resumeMultipartUpload: refuse,
  },
};
