import { beforeEach, describe, expect, it } from "vitest";
import { PART_BYTES } from "../../src/files/parts-sink.ts";
import type { ServeOptions } from "../../src/files/serve.ts";
import { wholeApp } from "../support/whole-app.ts";

const ORIGIN = "http://127.0.0.1:8787";

/** Node wants `duplex` where the platform does not know it. */
const streaming = (body: ReadableStream): RequestInit =>
  Object.assign({ method: "PUT", body }, { duplex: "half" as const });

/** What the routes of files do, on whatever bucket. */
export function filesBehave(name: string, open: () => ServeOptions): void {
  describe(`/v1/files on ${name}`, () => {
    let files: ServeOptions;
    let ask: (path: string, init?: RequestInit) => Promise<Response>;
    let prefix = 0;

    beforeEach(() => {
      files = open();
      const { app } = wholeApp({ isOpen: true, files });
      // Keys of its own for each test, for a bucket may be shared.
      prefix += 1;
      ask = async (path, init) => await app.request(`${ORIGIN}/v1/files/t${prefix}/${path}`, init);
    });

    const store = async (path: string, body: string = "0123456789", headers: Record<string, string> = {}) =>
      await ask(path, { method: "PUT", body, headers });
    const entryOf = async (answer: Response) =>
      (await answer.json()) as { readonly etag: string; readonly size: number; readonly key: string };

    it("stores a file, and gives it back as it was sent", async () => {
      const stored = await store("a/b.txt", "hello", { "Content-Type": "text/plain; charset=utf-8" });
      expect(stored.status).toBe(201);
      const entry = await entryOf(stored);
      expect(entry).toMatchObject({
        key: `t${prefix}/a/b.txt`,
        size: 5,
        contentType: "text/plain; charset=utf-8",
      });
      expect(stored.headers.get("ETag")).toBe(entry.etag);
      const read = await ask("a/b.txt");
      expect([read.status, await read.text()]).toEqual([200, "hello"]);
      expect(Object.fromEntries(read.headers)).toMatchObject({
        "content-type": "text/plain; charset=utf-8",
        "content-disposition": "attachment; filename=b.txt",
        etag: entry.etag,
        "accept-ranges": "bytes",
        "cache-control": "private, no-cache",
        "x-content-type-options": "nosniff",
      });
      expect(read.headers.get("Content-Security-Policy")).toContain("sandbox");
      expect(Date.parse(read.headers.get("Last-Modified") ?? "")).toBeGreaterThan(0);
    });

    it.each(["text", "text/html, a/b", `text/${"a".repeat(251)}`, "text/pl\u00e9in", "a/b; c=\u00e9"])(
      "keeps no type that is none, such as %s",
      async (type) => {
        const refused = await store("x", "hello", { "Content-Type": type });
        expect(refused.status).toBe(400);
        expect(await refused.json()).toMatchObject({ item: "Content-Type" });
        expect((await ask("x")).status).toBe(404);
      },
    );

    it.each([`text/${"a".repeat(250)}`, 'a/b ; c="d e"; f=g'])("keeps the type %s", async (type) => {
      await store("x", "hello", { "Content-Type": type });
      expect((await ask("x")).headers.get("Content-Type")).toBe(type);
    });

    it("says that it replaced a file", async () => {
      expect((await store("x", "one")).status).toBe(201);
      expect((await store("x", "two")).status).toBe(200);
      expect(await (await ask("x")).text()).toBe("two");
    });

    it("shows a file in place, where that is asked for", async () => {
      await store("x.png");
      const { headers } = await ask("x.png?disposition=inline");
      expect(headers.get("Content-Disposition")).toBe("inline; filename=x.png");
    });

    it.each(["text/html", "image/svg+xml", "application/javascript", "application/xml"])(
      "lets nothing of a file of %s run, though it is shown in place",
      async (type) => {
        await store("x", "<script>alert(1)</script>", { "Content-Type": type });
        for (const init of [
          {},
          { headers: { Range: "bytes=0-3" } },
          { headers: { Range: "bytes=0-3,9-9" } },
        ]) {
          const { headers } = await ask("x?disposition=inline", init);
          expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
          expect(headers.get("Content-Security-Policy")).toMatch(/^default-src 'none';.* sandbox$/);
        }
      },
    );

    it("takes a key as it is, whatever is in it", async () => {
      const key = "ä b+c%2F#?/日本.txt";
      const stored = await store(encodeURIComponent(key), "hello");
      expect(await entryOf(stored)).toMatchObject({ key: `t${prefix}/${key}` });
      expect(await (await ask(encodeURIComponent(key))).text()).toBe("hello");
    });

    it.each(["a%2F..%2Fb", "a%00b", "a//b", "x".repeat(1_100)])("refuses the key %s", async (key) => {
      for (const method of ["GET", "PUT", "DELETE"]) {
        const answer = await ask(key, { method, ...(method === "PUT" && { body: "x" }) });
        expect(answer.status).toBe(400);
        expect(await answer.json()).toMatchObject({ item: "key" });
      }
    });

    it("answers HEAD with the same fields and no body", async () => {
      await store("x");
      const head = await ask("x", { method: "HEAD", headers: { Range: "bytes=0-1" } });
      expect([head.status, head.headers.get("Content-Length"), await head.text()]).toEqual([200, "10", ""]);
      expect(head.headers.get("ETag")).toBe((await ask("x")).headers.get("ETag"));
      expect((await ask("nothing", { method: "HEAD" })).status).toBe(404);
    });

    it("sends one range", async () => {
      await store("x");
      const part = await ask("x", { headers: { Range: "bytes=2-4" } });
      expect([part.status, await part.text()]).toEqual([206, "234"]);
      expect(part.headers.get("Content-Range")).toBe("bytes 2-4/10");
      expect(await (await ask("x", { headers: { Range: "bytes=-3" } })).text()).toBe("789");
    });

    it("sends several ranges in one answer", async () => {
      await store("x", "0123456789", { "Content-Type": "text/plain" });
      const answer = await ask("x", { headers: { Range: "bytes=0-1,5-6,-1" } });
      expect(answer.status).toBe(206);
      const boundary = /^multipart\/byteranges; boundary=([\w-]+)$/.exec(
        answer.headers.get("Content-Type") ?? "",
      )?.[1];
      const part = (range: string, text: string) =>
        `--${boundary}\r\nContent-Type: text/plain\r\nContent-Range: bytes ${range}/10\r\n\r\n${text}\r\n`;
      const body = await answer.text();
      expect(body).toBe(`${part("0-1", "01")}${part("5-6", "56")}${part("9-9", "9")}--${boundary}--\r\n`);
    });

    it("refuses a range that is not there, and says how much is", async () => {
      await store("x");
      const answer = await ask("x", { headers: { Range: "bytes=10-" } });
      expect([answer.status, answer.headers.get("Content-Range")]).toEqual([416, "bytes */10"]);
      expect(await answer.json()).toMatchObject({ type: "urn:manifold:problem:range-not-satisfiable" });
    });

    it("sends a range only of the version that `If-Range` names", async () => {
      const { etag } = await entryOf(await store("x"));
      const get = async (ifRange: string) =>
        await ask("x", { headers: { Range: "bytes=2-4", "If-Range": ifRange } });
      expect((await get(etag)).status).toBe(206);
      await store("x", "9876543210");
      const whole = await get(etag);
      expect([whole.status, await whole.text()]).toEqual([200, "9876543210"]);
    });

    it("sends no body to who has it", async () => {
      const { etag } = await entryOf(await store("x"));
      for (const fields of [
        { "If-None-Match": etag },
        { "If-Modified-Since": "Fri, 25 Nov 2044 10:00:00 GMT" },
      ]) {
        const answer = await ask("x", { headers: fields as Record<string, string> });
        expect([answer.status, await answer.text(), answer.headers.get("ETag")]).toEqual([304, "", etag]);
      }
      expect((await ask("x", { headers: { "If-Match": '"other"' } })).status).toBe(412);
    });

    it("stores only what is new, where that is asked for", async () => {
      expect((await store("x", "one", { "If-None-Match": "*" })).status).toBe(201);
      const refused = await store("x", "two", { "If-None-Match": "*" });
      expect(refused.status).toBe(412);
      expect(await refused.json()).toMatchObject({ type: "urn:manifold:problem:precondition-failed" });
      expect(await (await ask("x")).text()).toBe("one");
    });

    it("lets go of a body that its condition does not let in", async () => {
      await store("x", "one");
      let isLetGo = false;
      const body = new ReadableStream<Uint8Array>({
        pull: async () => await new Promise<void>(() => undefined),
        cancel: () => void (isLetGo = true),
      });
      const headers = { "If-None-Match": "*", "Content-Length": "1000000" };
      expect((await ask("x", { ...streaming(body), headers })).status).toBe(412);
      expect(isLetGo).toBe(true);
    });

    it("replaces only the version that is named", async () => {
      const { etag } = await entryOf(await store("x", "one"));
      expect((await store("x", "two", { "If-Match": etag })).status).toBe(200);
      expect((await store("x", "three", { "If-Match": etag })).status).toBe(412);
      expect(await (await ask("x")).text()).toBe("two");
    });

    it("takes no file that is packed for the way", async () => {
      expect((await store("x", "gz", { "Content-Encoding": "gzip" })).status).toBe(400);
    });

    it("stores an empty file", async () => {
      expect(await entryOf(await ask("x", { method: "PUT" }))).toMatchObject({ size: 0 });
      const read = await ask("x");
      expect([read.status, await read.text()]).toEqual([200, ""]);
    });

    it("stores a body of unknown length that takes several parts, byte by byte", async () => {
      const bytes = new Uint8Array(2 * PART_BYTES + 5).map((_, index) => index % 251);
      const chunk = 1_000_003;
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const stored = ask("big", streaming(readable));
      const writer = writable.getWriter();
      for (let at = 0; at < bytes.length; at += chunk) await writer.write(bytes.subarray(at, at + chunk));
      await writer.close();
      expect(await entryOf(await stored)).toMatchObject({ size: bytes.length });
      const read = new Uint8Array(await (await ask("big")).arrayBuffer());
      expect(read.length).toBe(bytes.length);
      expect(read.every((byte, index) => byte === index % 251)).toBe(true);
      const over = await ask("big", { headers: { Range: `bytes=${PART_BYTES - 2}-${PART_BYTES + 1}` } });
      expect([...new Uint8Array(await over.arrayBuffer())]).toEqual(
        [-2, -1, 0, 1].map((index) => (PART_BYTES + index) % 251),
      );
    });

    it.each([1, PART_BYTES + 1])(
      "stores nothing of a body that breaks off after %i bytes",
      async (length) => {
        const parts = [new Uint8Array(length)];
        const body = new ReadableStream({
          pull(controller) {
            const part = parts.shift();
            if (part === undefined) controller.error(new Error("gone"));
            else controller.enqueue(part);
          },
        });
        const answer = await ask("x", streaming(body));
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect((await ask("x")).status).toBe(404);
      },
    );

    it("deletes a file once", async () => {
      await store("x");
      const deleted = await ask("x", { method: "DELETE" });
      expect([deleted.status, await deleted.text()]).toEqual([204, ""]);
      expect((await ask("x")).status).toBe(404);
      expect((await ask("x", { method: "DELETE" })).status).toBe(404);
    });

    it("deletes only the version that is named", async () => {
      const { etag } = await entryOf(await store("x", "one"));
      await store("x", "two");
      const remove = async (ifMatch: string) =>
        await ask("x", { method: "DELETE", headers: { "If-Match": ifMatch } });
      const refused = await remove(etag);
      expect(refused.status).toBe(412);
      expect(await refused.json()).toMatchObject({ type: "urn:manifold:problem:precondition-failed" });
      const read = await ask("x");
      expect(await read.text()).toBe("two");
      expect((await remove(read.headers.get("ETag") ?? "")).status).toBe(204);
    });

    it("lists files under a prefix, page after page", async () => {
      for (const key of ["c", "a", "d/e", "b"]) await store(key);
      const keys: string[] = [];
      let cursor = "";
      for (let pages = 0; pages < 3; pages += 1) {
        const answer = await ask(`../../files?prefix=t${prefix}/&limit=2${cursor && `&cursor=${cursor}`}`);
        const page = (await answer.json()) as { items: { key: string; size: number }[]; cursor?: string };
        expect(page.items.every(({ size }) => size === 10)).toBe(true);
        keys.push(...page.items.map(({ key }) => key));
        cursor = encodeURIComponent(page.cursor ?? "");
        if (cursor === "") break;
      }
      expect(keys).toEqual(["a", "b", "c", "d/e"].map((key) => `t${prefix}/${key}`));
      expect((await ask("../../files?limit=0")).status).toBe(400);
    });

    it("asks a bucket about no key that is longer than one can be", async () => {
      const longest = `t${prefix}/${"€".repeat(300)}`;
      expect((await ask(`../../files?prefix=${encodeURIComponent(longest)}`)).status).toBe(200);
      const longer = await ask(`../../files?prefix=${encodeURIComponent("€".repeat(342))}`);
      expect(longer.status).toBe(400);
      expect(await longer.json()).toMatchObject({ item: "prefix" });
      const cursor = (bytes: number) => btoa("a".repeat(bytes)).replaceAll("=", "");
      expect((await ask(`../../files?cursor=${cursor(1_024)}`)).status).toBe(200);
      expect((await ask(`../../files?cursor=${cursor(1_025)}`)).status).toBe(400);
    });

    it("does not believe the length of a body that comes in chunks", async () => {
      const headers = { "Content-Length": "9", "Transfer-Encoding": "chunked" };
      expect((await store("x", "hello", headers)).status).toBe(201);
      expect(await (await ask("x")).text()).toBe("hello");
    });

    it.each(["nonsense!", "a", "_w", "x".repeat(3_000)])("refuses the cursor %s", async (cursor) => {
      const answer = await ask(`../../files?cursor=${cursor}`);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ item: "cursor" });
    });
  });
}
