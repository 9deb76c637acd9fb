import { describe, expect, it, vi } from "vitest";
import { MAX_PARTS_BYTES, PART_BYTES } from "../../src/files/parts-sink.ts";
import { MAX_SINGLE_BYTES } from "../../src/files/sink.ts";
import { storeUpload } from "../../src/files/store.ts";
import { memoryFiles } from "./memory-files.ts";
import { bodyOf, fileOf } from "./source.ts";

describe("storeUpload", () => {
  it.each([
    ["with one put where its length is known", PART_BYTES + 1, 0],
    ["in parts where it is not", undefined, 1],
    ["in parts where it is more than one put takes", MAX_SINGLE_BYTES + 1, 1],
  ])("stores a file %s", async (_, length, uploads) => {
    const files = memoryFiles();
    const opened = vi.spyOn(files.bucket, "createMultipartUpload");
    const upload = { key: "a", body: bodyOf(fileOf(PART_BYTES + 1)), contentType: undefined, onlyIf: {} };
    const stored = await storeUpload({ ...upload, length }, files);
    expect(stored?.size).toBe(PART_BYTES + 1);
    expect(opened).toHaveBeenCalledTimes(uploads);
  });

  it("ends with a body of an unknown length that is more than all parts take, and keeps nothing", async () => {
    const files = memoryFiles();
    // Nobody has so many bytes: its length is all that is looked at.
    const huge = { length: MAX_PARTS_BYTES } as Uint8Array<ArrayBuffer>;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        controller.enqueue(fileOf(PART_BYTES + 1));
        controller.enqueue(huge);
      },
    });
    const upload = { key: "a", body, length: undefined, contentType: undefined, onlyIf: {} };
    await expect(storeUpload(upload, files)).rejects.toMatchObject({ problem: { status: 413 } });
    expect([files.bucket.keys(), files.bucket.pending()]).toEqual([[], []]);
  });

  it("gives one put as much as it takes", async () => {
    const files = memoryFiles();
    const put = vi.spyOn(files.bucket, "put");
    const upload = { key: "a", body: bodyOf(fileOf(10)), contentType: undefined, onlyIf: {} };
    await expect(storeUpload({ ...upload, length: MAX_SINGLE_BYTES }, files)).rejects.toThrow("are missing");
    expect(put).toHaveBeenCalledTimes(1);
  });
});
