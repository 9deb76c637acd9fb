/** What is known of a stored file. */
export interface StoredFile {
  readonly key: string;
  readonly size: number;
  /** Without quotes, as conditions of a bucket take it. */
  readonly etag: string;
  /** In quotes, as a field of HTTP. */
  readonly httpEtag: string;
  readonly uploaded: Date;
  readonly httpMetadata?: FileMetadata | undefined;
  readonly customMetadata?: Readonly<Record<string, string>> | undefined;
}

/** A stored file, or a part of it, being read. */
export interface StoredBody extends StoredFile {
  readonly body: ReadableStream;
}

/** What a file is sent with. */
interface FileMetadata {
  readonly contentType?: string;
}

/** Under which a bucket does what it is told: `etagDoesNotMatch: "*"` is only where there is nothing yet. */
export interface BucketCondition {
  etagMatches?: string;
  etagDoesNotMatch?: string;
}

/** What a file is stored with. */
export interface FileFields {
  httpMetadata?: FileMetadata;
  customMetadata?: Record<string, string>;
}

/** A part that has been uploaded. */
export interface UploadedPart {
  partNumber: number;
  etag: string;
}

/** An upload in parts. Nothing of it can be seen before `complete`; `abort` may be called again. */
export interface MultipartUpload {
  readonly uploadId: string;
  uploadPart(partNumber: number, value: Uint8Array<ArrayBuffer>): Promise<UploadedPart>;
  complete(parts: UploadedPart[]): Promise<StoredFile>;
  abort(): Promise<void>;
}

/** What we use of an R2 bucket. */
export interface Bucket {
  head(key: string): Promise<StoredFile | null>;
  /** A file without its body where the condition does not hold. */
  get(key: string, options: ReadOptions): Promise<StoredBody | StoredFile | null>;
  /** Nothing where the condition does not hold. A stream has to know its length. */
  put(
    key: string,
    value: ReadableStream | Uint8Array<ArrayBuffer>,
    options: FileFields & { onlyIf?: BucketCondition },
  ): Promise<StoredFile | null>;
  delete(key: string): Promise<void>;
  list(options: ListOptions): Promise<FileList>;
  createMultipartUpload(key: string, options: FileFields): Promise<MultipartUpload>;
  resumeMultipartUpload(key: string, uploadId: string): Pick<MultipartUpload, "abort">;
}

/** What is read of a file. */
interface ReadOptions {
  onlyIf?: BucketCondition;
  range?: { offset: number; length: number };
}

/** What is listed of a bucket, in the order of the keys' bytes. */
interface ListOptions {
  prefix?: string;
  /** Only keys after this one. */
  startAfter?: string;
  limit?: number;
  include?: "httpMetadata"[];
}

/** A page of a bucket. */
interface FileList {
  readonly objects: readonly StoredFile[];
  readonly truncated: boolean;
}

/** Makes a stream that takes this many bytes, no more and no fewer, and tells its reader so. */
export type OpenFixedLength = (bytes: number) => {
  readonly readable: ReadableStream;
  readonly writable: WritableStream<Uint8Array>;
};
