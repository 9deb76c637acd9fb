import { describe, expect, it } from "vitest";
import { wholeApp } from "../support/whole-app.ts";
import { memoryBucket } from "./memory-bucket.ts";
import { memoryFiles } from "./memory-files.ts";
import { filesBehave } from "./routes-contract.ts";

filesBehave("a bucket in memory", () => memoryFiles());

describe("/v1/files on a bucket that is away", () => {
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
    const answer = await app.request(`/v1/files${path}`, init);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ type: "urn:manifold:problem:files-unavailable" });
  });
});
