import { describe, expect, it } from "vitest";
import { MAX_PARTS_BYTES, PART_BYTES } from "../../src/files/parts-sink.ts";
import { serveFile } from "../../src/files/serve.ts";
import { wholeApp } from "../support/whole-app.ts";
import { memoryBucket } from "./memory-bucket.ts";
import { memoryFiles } from "./memory-files.ts";
import { filesBehave } from "./routes-contract.ts";

const bytesOf = (text: string) => Uint8Array.from(new TextEncoder().encode(text));

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

describe("PUT /v1/files/:key", () => {
  it("begins with no body that says that it is larger than any file can be", async () => {
    const bucket = memoryBucket();
    const { app } = wholeApp({ isOpen: true, files: memoryFiles(bucket) });
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulls += 1;
          if (pulls > 3) controller.close();
          else controller.enqueue(new Uint8Array(10));
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { "Content-Length": String(MAX_PARTS_BYTES + 1) };
    const init = { method: "PUT", headers, body, duplex: "half" } as RequestInit;
    expect((await app.request("/v1/files/a", init)).status).toBe(413);
    expect([pulls, bucket.keys()]).toEqual([0, []]);
  });
});

describe("/v1/files while others store", () => {
  it("answers with one version, and never with the fields of one and the bytes of another", async () => {
    let isChanging = true;
    const bucket = memoryBucket(async (called) => {
      if (called !== "get" || !isChanging) return;
      isChanging = false;
      await bucket.put("a", bytesOf("another"), {});
    });
    const { app } = wholeApp({ isOpen: true, files: memoryFiles(bucket) });
    await bucket.put("a", bytesOf("one"), {});
    const answer = await app.request("/v1/files/a");
    expect([await answer.text(), answer.headers.get("ETag")]).toEqual([
      "another",
      (await bucket.head("a"))?.httpEtag,
    ]);
  });

  it.each([
    ["If-None-Match", "*", {}],
    ["If-None-Match", "*", { "Content-Length": "4" }],
    ["If-Match", '"etag-1"', {}],
    ["If-Match", '"etag-1"', { "Content-Length": "4" }],
  ])("heeds %s: %s (with %j) though it held at the first look", async (name, value, framing) => {
    let isRaced = false;
    const bucket = memoryBucket(async (called) => {
      if (called !== "put" || !isRaced) return;
      isRaced = false;
      await bucket.put("a", bytesOf("another's"), {});
    });
    if (name === "If-Match") await bucket.put("a", bytesOf("ours"), {});
    isRaced = true;
    const { app } = wholeApp({ isOpen: true, files: memoryFiles(bucket) });
    const headers = { [name]: value, ...framing } as Record<string, string>;
    const put = await app.request("/v1/files/a", { method: "PUT", body: "ours", headers });
    expect(put.status).toBe(412);
    expect(await (await app.request("/v1/files/a")).text()).toBe("another's");
  });

  it("gives up on a file that is another one at each look", async () => {
    let looks = 0;
    const bucket = memoryBucket(async (called) => {
      if (called !== "get") return;
      looks += 1;
      await bucket.put("a", Uint8Array.of(looks), {});
    });
    await bucket.put("a", Uint8Array.of(0), {});
    const request = { key: "a", isHead: false, headers: new Headers(), disposition: "inline" as const };
    await expect(serveFile(request, memoryFiles(bucket))).rejects.toThrow("`a` changed 5 times");
    expect(looks).toBe(5);
  });
});
