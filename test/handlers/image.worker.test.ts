import { env } from "cloudflare:workers";
import { linkAbort } from "#kernel";
import { describe, expect, it } from "vitest";
import { imageTask } from "../../src/handlers/image.ts";
import { pngOf, webpOf } from "../support/png.ts";
import { attempt, faultsOf, type Given } from "./run.ts";

const type = imageTask({ images: { env: "IMAGES" }, bucket: { env: "FILES" } });
const PNG = await pngOf(40, 20);
const url = "https://files.example.com/a.png";
const variables = { FILES: env.FILES, IMAGES: env.IMAGES };
let made = 0;

/** Makes an image under a key of its own. */
async function run(payload: object, given: Partial<Given> = {}) {
  const key = `image-${(made += 1)}`;
  const answer = () => new Response(PNG);
  return { ...(await attempt(type, { key, ...payload }, { answer, variables, ...given })), key };
}

const read = async (key: string) => {
  const file = await env.FILES.get(key);
  return file && { bytes: new Uint8Array(await file.arrayBuffer()), type: file.httpMetadata?.contentType };
};

describe("imageTask", () => {
  it("makes a WebP of the size that was wanted out of what is at a URL", async () => {
    const { result, key, seen } = await run({ url, width: 10, headers: { "X-Key": "1" } });
    expect(result).toMatchObject({ key, width: 10, height: 5 });
    const file = await read(key);
    expect(file?.type).toBe("image/webp");
    expect(webpOf(file?.bytes ?? new Uint8Array(30))).toEqual({
      magic: "RIFF WEBPVP8 ",
      width: 10,
      height: 5,
    });
    expect(seen[0]?.headers.get("X-Key")).toBe("1");
  });

  it("makes one out of a file, in another format, turned", async () => {
    await env.FILES.put("original.png", PNG);
    const { result, key } = await run({ file: "original.png", format: "jpeg", rotate: 90, quality: 50 });
    expect(result).toMatchObject({ width: 20, height: 40 });
    const file = await read(key);
    expect([file?.type, ...(file?.bytes.subarray(0, 3) ?? [])]).toEqual(["image/jpeg", 0xff, 0xd8, 0xff]);
  });

  it("stores it under the task's id by default", async () => {
    const { result } = await run({ url, key: undefined });
    expect(result).toMatchObject({ key: "images/task-1.webp", width: 40 });
  });

  it("knows what an attempt before made, and makes nothing twice", async () => {
    const { result, key } = await run({ url });
    const again = await run({ url, key });
    expect([again.result, again.seen]).toEqual([result, []]);
  });

  it("leaves alone what another has stored under the key", async () => {
    await env.FILES.put("taken", "text");
    const { error } = await run({ url, key: "taken" });
    expect(error).toMatchObject({
      name: "NotRetryableError",
      message: "Expected no file `taken` to be there yet",
    });
    expect((await read("taken"))?.bytes.length).toBe(4);
  });

  it.each<[string, object, Partial<Given>, string]>([
    ["is no image", { url }, { answer: () => new Response("text") }, "NotRetryableError"],
    ["is larger than it may be", { url, maxBytes: PNG.length - 1 }, {}, "NotRetryableError"],
    ["is not there", { url }, { answer: () => new Response("", { status: 404 }) }, "NotRetryableError"],
    ["is no file", { file: "nowhere.png" }, {}, "NotRetryableError"],
    ["is where nobody may go", { url: "http://10.0.0.1/a.png" }, {}, "NotRetryableError"],
    ["may be there later", { url }, { answer: () => new Response("", { status: 503 }) }, "Error"],
  ])("fails and stores nothing where the image %s", async (_, payload, given, name) => {
    const { error, key } = await run(payload, given);
    expect(error).toMatchObject({ name });
    expect(await read(key)).toBeNull();
  });

  it("stores nothing once it is cancelled", async () => {
    const abort = linkAbort();
    const answer = () => {
      abort.abort(new Error("cancelled"));
      return new Response(PNG);
    };
    const { error, key } = await run({ url }, { abort, answer });
    expect(error).toMatchObject({ message: "cancelled" });
    expect(await read(key)).toBeNull();
  });

  it("stores nothing once somebody else has its task", async () => {
    const { error, key } = await run({ url }, { isLost: true });
    expect(error).toMatchObject({ message: "The lease is lost" });
    expect(await read(key)).toBeNull();
  });

  it("says what to configure where there is no binding", async () => {
    const { error } = await run({ url }, { variables: { FILES: env.FILES } });
    expect(error).toMatchObject({
      name: "NotRetryableError",
      message:
        "Expected `IMAGES` to be an Images binding (`[images]` in wrangler.toml) for tasks of this type",
    });
  });

  it.each([
    [{}, "url"],
    [{ url, file: "a.png" }, "url"],
    [{ file: "a.png", key: "a.png" }, "key"],
    [{ url, width: 0 }, "width"],
    [{ url, height: 20_000 }, "height"],
    [{ url, format: "bmp" }, "format"],
    [{ url, fit: "stretch" }, "fit"],
    [{ url, rotate: 45 }, "rotate"],
    [{ url, quality: 101 }, "quality"],
    [{ url, key: "../a" }, "key"],
  ])("refuses %j, and names %s", async (payload, path) => {
    expect(await faultsOf(type, payload)).toEqual([path]);
  });
});
