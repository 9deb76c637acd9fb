import { describe, expect, it } from "vitest";
import { PART_BYTES } from "../../src/files/parts-sink.ts";
import { wholeApp } from "../support/whole-app.ts";
import { memoryBucket } from "./memory-bucket.ts";
import { memoryFiles } from "./memory-files.ts";
import { filesBehave } from "./routes-contract.ts";

filesBehave("a bucket in memory", () => memoryFiles());

describe("/v1/files on a bucket that is away", () => {
  const AWAY = [503, "urn:manifold:problem:files-unavailable", "1"];
  const problemOf = async (answer: Response) => {
    const { type } = (await answer.json()) as { readonly type: string };
    return [answer.status, type, answer.headers.get("Retry-After")];
  };

  it.each([
    ["GET", ""],
    ["GET", "?cursor=YQ"],
    ["GET", "/a"],
    ["PUT", "/a"],
    ["DELETE", "/a"],
  ])("says so (%s %s)", async (method, path) => {
    const bucket = memoryBucket(async () => await Promise.reject(new Error("The bucket is away")));
    const { app } = wholeApp({ isOpen: true, files: memoryFiles(bucket) });
    const init = { method, ...(method === "PUT" && { body: "x", headers: { "Content-Length": "1" } }) };
    expect(await problemOf(await app.request(`/v1/files${path}`, init))).toEqual(AWAY);
  });

  it.each(["createMultipartUpload", "uploadPart", "complete"])(
    "says so in the middle of a file, too (%s, then all)",
    async (from) => {
      let isAway = false;
      const bucket = memoryBucket((called) => {
        isAway ||= called === from;
        if (isAway) throw new Error("The bucket is away");
      });
      const { app } = wholeApp({ isOpen: true, files: memoryFiles(bucket) });
      const body = new Uint8Array(PART_BYTES + 1);
      const answer = await app.request("/v1/files/a", { method: "PUT", body });
      expect(await problemOf(answer)).toEqual(AWAY);
    },
  );
});
