import { describe, expect, it } from "vitest";
import { openPartsSink, PART_BYTES } from "../../src/files/parts-sink.ts";
import type { UploadLog } from "../../src/files/upload-log.ts";
import { memoryBucket } from "./memory-bucket.ts";

const bytesOf = (length: number) => new Uint8Array(length).map((_, index) => index % 251);

function open(onCall: (name: string) => void = () => undefined) {
  const bucket = memoryBucket(onCall);
  const told: string[] = [];
  const tell = async (text: string) => {
    told.push(text);
    await Promise.resolve();
  };
  const log: UploadLog = {
    opened: async (key, id) => await tell(`opened ${key} ${id}`),
    closed: async () => await tell("closed"),
  };
  const sink = openPartsSink({ bucket, key: "x", fields: {}, onlyIf: { etagDoesNotMatch: "*" }, log });
  return { bucket, sink, told };
}

describe("openPartsSink", () => {
  it("stores what is smaller than a part in one go", async () => {
    const { bucket, sink, told } = open();
    await sink.write(bytesOf(1_000));
    await sink.commit();
    expect(bucket.bytesOf("x")).toEqual(bytesOf(1_000));
    expect(told).toEqual([]);
  });

  it("tells of an upload before the file is there, and sends one part at a time", async () => {
    const { bucket, sink, told } = open();
    await sink.write(bytesOf(3 * PART_BYTES));
    expect(bucket.keys()).toEqual([]);
    expect((await sink.commit())?.size).toBe(3 * PART_BYTES);
    expect(told).toEqual(["opened x upload-1", "closed"]);
    expect(bucket.mostSending).toBe(1);
    expect(bucket.pending()).toEqual([]);
  });

  it("leaves nothing behind when it is aborted, however often", async () => {
    const { bucket, sink, told } = open();
    await sink.write(bytesOf(2 * PART_BYTES + 1));
    await sink.abort(new Error("cancelled"));
    await sink.abort(new Error("cancelled"));
    expect([bucket.keys(), bucket.pending()]).toEqual([[], []]);
    expect(told.at(-1)).toBe("closed");
  });

  it("leaves what is there alone when it was to store only what is new", async () => {
    const { bucket, sink } = open();
    await bucket.put("x", bytesOf(1), {});
    await sink.write(bytesOf(PART_BYTES + 1));
    expect(await sink.commit()).toBeNull();
    expect([bucket.bytesOf("x")?.length, bucket.pending()]).toEqual([1, []]);
  });

  it("puts away an upload that could not be noted: nobody would know of it", async () => {
    const bucket = memoryBucket();
    const opened = async () => await Promise.reject(new Error("not noted"));
    const log = { opened, closed: async () => await Promise.resolve() };
    const sink = openPartsSink({ bucket, key: "x", fields: {}, onlyIf: {}, log });
    const done = sink.write(bytesOf(PART_BYTES + 1)).then(async () => await sink.commit());
    await expect(done).rejects.toThrow("not noted");
    await sink.abort(undefined);
    expect(bucket.pending()).toEqual([]);
  });

  it.each(["createMultipartUpload", "uploadPart", "complete"])(
    "fails with what %s fails with",
    async (name) => {
      const { bucket, sink } = open((called) => {
        if (called === name) throw new Error(`${name} failed`);
      });
      const done = sink.write(bytesOf(2 * PART_BYTES + 1)).then(async () => await sink.commit());
      await expect(done).rejects.toThrow(`${name} failed`);
      await sink.abort(undefined);
      expect([bucket.keys(), bucket.pending()]).toEqual([[], []]);
    },
  );
});
