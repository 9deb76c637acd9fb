import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pngOf, webpOf } from "../support/png.ts";
import { type RunningWorker, startWorker } from "../support/worker.ts";
import { until } from "./product.ts";

const LOCAL = { ATLAS_ORIGIN: "http://127.0.0.1:9", AUTH: "open", ALLOW_LOOPBACK: "1" };
let worker: RunningWorker;
let emailDir: string;

beforeAll(async () => {
  emailDir = await mkdtemp(join(tmpdir(), "manifold-email-"));
  worker = await startWorker(LOCAL, { emailDir });
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await rm(emailDir, { recursive: true, force: true });
});

/** Runs a task to its end. */
async function run(type: string, payload: object) {
  const response = await fetch(`${worker.url}/v1/tasks`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Prefer: "wait=30" },
    body: JSON.stringify({ type, payload }),
  });
  return (await response.json()) as Record<string, unknown>;
}

describe("a task of the type `email`", () => {
  it("sends what it is told to, which on this machine is a file", async () => {
    const text = `Hello Ann, it is ${emailDir}`;
    const letter = { from: "post@example.com", to: "ann@example.com", subject: "Hello", text };
    const ended = await run("email", letter);
    expect(ended).toMatchObject({
      state: "succeeded",
      result: { messageId: expect.stringMatching(/.@./) as string },
    });
    const sent = async () => {
      const names = await readdir(emailDir, { recursive: true });
      return await Promise.all(
        names
          .filter((name) => name.endsWith(".txt"))
          .map(async (name) => await readFile(join(emailDir, name), "utf8")),
      );
    };
    await until(async () => (await sent()).length > 0);
    expect(await sent()).toEqual([text]);
  });

  it("may be longer than a row of the ledger", async () => {
    const html = "<p>Hello</p>".repeat(10_000);
    const letter = { from: "post@example.com", to: "ann@example.com", subject: "Hello", html };
    expect(await run("email", letter)).toMatchObject({ state: "succeeded", payload: letter });
  });

  it("is refused with each bad path before it is stored", async () => {
    const answer = await run("email", { from: "x", to: [], subject: "" });
    expect(answer).toMatchObject({ status: 400, item: "payload.from.email" });
    expect((answer["faults"] as { path: string }[]).map(({ path }) => path)).toEqual([
      "payload.from.email",
      "payload.to",
      "payload.subject",
      "payload.text",
    ]);
  });
});

describe("a task of the type `image`", () => {
  it("makes a thumbnail of a URL, and another one of that file", async () => {
    const png = await pngOf(640, 480);
    const server = createServer((_, response) => void response.end(png)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      const url = `http://127.0.0.1:${port}/photo.png`;
      const large = await run("image", { url, key: "photos/large.webp", width: 320 });
      expect(large).toMatchObject({
        state: "succeeded",
        result: { key: "photos/large.webp", width: 320, height: 240 },
      });
      const small = await run("image", { file: "photos/large.webp", key: "photos/small.webp", height: 24 });
      expect(small).toMatchObject({ state: "succeeded", result: { width: 32, height: 24 } });
      const file = await fetch(`${worker.url}/v1/files/photos/small.webp`);
      expect(file.headers.get("Content-Type")).toBe("image/webp");
      expect(webpOf(new Uint8Array(await file.arrayBuffer()))).toEqual({
        magic: "RIFF WEBPVP8 ",
        width: 32,
        height: 24,
      });
    } finally {
      server.close();
    }
  });
});

describe("a trigger of wrangler.toml", () => {
  it("enqueues its task once, however often it is fired", async () => {
    const fire = async (time: number) => {
      const where = new URL(`${worker.url}/cdn-cgi/local/scheduled`);
      where.search = new URLSearchParams({ cron: "0 6 * * *", time: String(time) }).toString();
      expect(await (await fetch(where)).text()).toBe("ok");
      const list = await fetch(`${worker.url}/v1/tasks?type=compare`);
      return ((await list.json()) as { items: unknown[] }).items.length;
    };
    const moment = Date.UTC(2026, 10, 25, 6);
    expect([await fire(moment), await fire(moment), await fire(moment + 86_400_000)]).toEqual([1, 1, 2]);
  });
});
