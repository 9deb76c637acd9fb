/** Is told of an upload in parts; each call is durable when it returns. */
export interface UploadLog {
  opened(key: string, uploadId: string): Promise<void>;
  /** There is nothing left to clean up. */
  closed(): Promise<void>;
}
