import type { UploadedPart } from "./bucket.ts";

/** Is told of an upload in parts as it goes on; each call is durable when it returns. */
export interface UploadLog {
  opened(key: string, uploadId: string): Promise<void>;
  uploaded(part: UploadedPart): Promise<void>;
  /** There is nothing left to clean up. */
  closed(): Promise<void>;
}
