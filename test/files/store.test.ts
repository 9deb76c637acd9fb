import { describe, expect, it, vi } from "vitest";
import { MAX_PARTS_BYTES, PART_BYTES } from "../../src/files/parts-sink.ts";
import { MAX_SINGLE_BYTES } from "../../src/files/sink.ts";
import { storeUpload } from "../../src/files/store.ts";
import { memoryBucket } from "./memory-bucket.ts";
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

  it("takes no more of a body than two parts while one is on its way", async () => {
    const piece = new Uint8Array(PART_BYTES / 2);
    let taken = 0;
    const takenByParts: number[] = [];
    const bucket = memoryBucket(async (name) => {
      if (name !== "uploadPart") return;
      for (let turn = 0; turn < 1_000; turn += 1) await Promise.resolve();
      takenByParts.push(taken);
    });
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull(controller) {
          if (taken === 9) controller.close();
          else controller.enqueue(piece);
          taken += 1;
        },
      },
      { highWaterMark: 0 },
    );
    const upload = { key: "a", body, length: undefined, contentType: undefined, onlyIf: {} };
    await storeUpload(upload, memoryFiles(bucket));
    // Two pieces a part: one part that is sent, one that has filled up, and the piece that has no place yet.
    expect(takenByParts).toEqual([5, 7, 9, 10, 10]);
  });

  it("gives one put as much as it takes", async () => {
    const files = memoryFiles();
    const put = vi.spyOn(files.bucket, "put");
    const upload = { key: "a", body: bodyOf(fileOf(10)), contentType: undefined, onlyIf: {} };
    await expect(storeUpload({ ...upload, length: MAX_SINGLE_BYTES }, files)).rejects.toThrow("are missing");
    expect(put).toHaveBeenCalledTimes(1);
  });
});
