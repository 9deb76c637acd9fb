import type { Bucket, StoredFile } from "../files/bucket.ts";
import type { TaskContext } from "../tasks/context.ts";
import { NotRetryableError, task, type TaskType } from "../tasks/define.ts";
import { bindingFrom, bucketFrom } from "./binding.ts";
import { FORMATS, ImagePayload, type WantedImage } from "./image-payload.ts";
import { IMAGES, makeImage } from "./make-image.ts";
import { failureOf, send } from "./outgoing.ts";
import { readWhole } from "./read-whole.ts";
import { expectNames, type FromEnvironment } from "./variable.ts";

/** Where images are made and kept. */
export interface ImageOptions {
  /** The Images binding. */
  readonly images: FromEnvironment;
  /** The R2 bucket. */
  readonly bucket: FromEnvironment;
  /** By which a `Retry-After` that is a date is read. */
  readonly epochMs?: () => number;
}

const MOST_REDIRECTS = 5;

/**
 * An image of another size, turned, or in another format: `{url | file, key?, width?, height?, fit?, rotate?, format?,
 * quality?, maxBytes?, headers?}`, where `file` is the key of a file. It is stored under `key`, where there is nothing
 * yet; `images/`, the task's id and the format's ending by default. The result is `{key, bytes, etag, width, height}`.
 */
export function imageTask({ images, bucket, epochMs = () => Date.now() }: ImageOptions): TaskType {
  expectNames({ images, bucket });
  return task("image", {
    payload: ImagePayload,
    timeoutMs: 60_000,
    async handle(context) {
      const { payload, id, services, signal, confirm } = context;
      const files = bucketFrom(services, bucket);
      const maker = bindingFrom(services, images, IMAGES);
      const { type, extension } = FORMATS[payload.format];
      const key = payload.key ?? `images/${id}.${extension}`;
      const earlier = await ownFile(files, key, id);
      if (earlier !== undefined) return resultOf(earlier);
      const body = await openSource(context, files, epochMs);
      const { bytes, width, height } = await makeImage(
        maker,
        await readWhole(body, payload.maxBytes),
        payload,
      );
      await confirm();
      signal.throwIfAborted();
      const stored = await files.put(key, bytes, {
        httpMetadata: { contentType: type },
        customMetadata: { owner: id, width: String(width), height: String(height) },
        onlyIf: { etagDoesNotMatch: "*" },
      });
      const file = stored ?? (await ownFile(files, key, id));
      if (file === undefined) throw new Error(`\`${key}\` was deleted while it was stored`);
      return resultOf(file);
    },
  });
}

/** The image of an attempt before this one. @throws {NotRetryableError} When the file under the key is another's. */
async function ownFile(files: Bucket, key: string, owner: string): Promise<StoredFile | undefined> {
  const file = await files.head(key);
  if (file === null) return undefined;
  if (file.customMetadata?.["owner"] === owner) return file;
  throw new NotRetryableError(`Expected no file \`${key}\` to be there yet`);
}

const resultOf = ({ key, size, httpEtag, customMetadata = {} }: StoredFile) => ({
  key,
  bytes: size,
  etag: httpEtag,
  width: Number(customMetadata["width"]),
  height: Number(customMetadata["height"]),
});

async function openSource(
  { payload: { url, file, headers }, services, signal }: TaskContext<WantedImage>,
  files: Bucket,
  epochMs: () => number,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
  if (file !== undefined) {
    const found = await files.get(file, {});
    if (found === null || !("body" in found)) throw new NotRetryableError(`There is no file \`${file}\``);
    return found.body;
  }
  const response = await send(
    { url: url ?? "", headers },
    { services, signal, mostRedirects: MOST_REDIRECTS },
  );
  if (response.ok) return response.body;
  await response.body?.cancel();
  throw failureOf(response, epochMs());
}
