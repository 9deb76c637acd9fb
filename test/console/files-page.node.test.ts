import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { getFile } from "../../console/files/answers.ts";
import { FIRST_BYTES, imageTypeOf, MOST_IMAGE_BYTES, previewOf } from "../../console/files/preview.ts";
import { createShelf } from "../../console/files/shelf.ts";
import { findBarriers } from "../support/accessibility.ts";
import { pagesOver, words } from "./pages.ts";
import { type Handler, json, problem } from "./site.ts";

const KEY = "notes/ä b%2F#1?.txt";
const PATH = `/v1/files/${KEY}`;
const HASH = "#files/notes/%C3%A4%20b%252F%231%3F.txt";
const entryOf = (key: string, size = 12) => ({
  key,
  size,
  etag: '"e1"',
  uploadedAt: "2026-01-01T12:00:00.000Z",
});
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** A file as the API sends it where a range is asked for. */
function fileOf(bytes: string | Buffer, type?: string): Handler {
  const length = Buffer.byteLength(bytes);
  const fields = { ...(type !== undefined && { "Content-Type": type }), ETag: '"e1"' };
  return (response) =>
    length === 0
      ? response.writeHead(416, { "Content-Range": "bytes */0" }).end()
      : response.writeHead(206, { ...fields, "Content-Range": `bytes 0-${length - 1}/${length}` }).end(bytes);
}

const TASK = {
  type: "download",
  attempts: 1,
  createdAt: "2026-01-01T12:00:00.000Z",
  dueAt: "2026-01-01T12:00:00.000Z",
};
const RUNNING = {
  ...TASK,
  id: "task_1",
  state: "running",
  progress: { fraction: 0.25, note: "12.3 of 50.0 MB, 4.1 MB/s, 10 s left" },
};
const FAILED = {
  ...TASK,
  id: "task_2",
  state: "dead",
  error: { code: "threw", message: "<b>It</b> broke off" },
};
const NOWHERE = { items: [], cursor: undefined };

const { open, site } = pagesOver({
  "/v1/endpoints": json({ items: [], cursor: null }),
  "/v1/files": (response) => {
    const query = new URL(response.req.url ?? "", "http://a.example").searchParams;
    if (query.get("prefix") === "none/") json(NOWHERE)(response);
    else if (query.get("cursor") === "c1") json({ items: [entryOf("z/last.bin", 2_500_000)] })(response);
    else json({ items: [entryOf(KEY), entryOf("p.png")], cursor: "c1" })(response);
  },
  [PATH]: fileOf("<b>bold</b>\n", "text/html"),
  "/v1/files/p.png": fileOf(PICTURE, "image/png"),
  "/v1/tasks": json({ items: [] }),
  "/v1/tasks/task_1": json({ ...RUNNING, payload: { url: "https://site.example/a.iso", key: "isos/a" } }),
  "/v1/tasks/task_2": json({ ...FAILED, payload: { url: "https://site.example/b" } }),
});

describe("the page of files", () => {
  it("lists them, more when asked, and those that begin with something", async () => {
    const page = await open("#files");
    await page.getByRole("button", { name: "More" }).click();
    await page.getByText("z/last.bin").waitFor();
    expect(await page.locator(".file-list li").count()).toBe(3);
    expect(await words(page, ".file-list")).toContain("z/last.bin 2.5 MB");
    expect(await page.getByRole("button", { name: "More" }).count()).toBe(0);
    expect(await findBarriers(page)).toEqual([]);
    await page.getByLabel("Keys that begin with").fill("none/");
    await page.keyboard.press("Enter");
    await page.getByText("No key begins with none/").waitFor();
    expect(await page.locator(".file-list li").count()).toBe(0);
  });

  it("opens one whatever its key is, and shows what is in it as text, whatever it says that it is", async () => {
    const page = await open("#files");
    await page.getByRole("link", { name: KEY }).click();
    await page.getByRole("article").waitFor();
    expect(new URL(page.url()).hash).toBe(HASH);
    expect(await page.locator("article pre").textContent()).toBe("<b>bold</b>\n");
    expect(await words(page, "article .facts")).toBe("12 B text/html");
    expect(await page.getByRole("link", { name: "Save", exact: true }).getAttribute("href")).toBe(
      "/v1/files/notes/%C3%A4%20b%252F%231%3F.txt",
    );
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole("link", { name: "Close" }).click();
    await page.getByRole("article").waitFor({ state: "detached" });
  });

  it("draws an image, says that something else is none, and that a file is empty", async () => {
    const page = await open("#files/p.png");
    await page.getByRole("img", { name: "p.png" }).waitFor();
    expect(await page.evaluate("document.querySelector('.preview').naturalWidth")).toBe(1);
    expect(await findBarriers(page)).toEqual([]);
    site().answer(PATH, fileOf("<script>1</script>", "image/png"));
    await page.getByRole("link", { name: KEY }).click();
    await page.getByText("It says that it is an image, and is none.").waitFor();
    site().answer("/v1/files/p.png", fileOf("", "image/png"));
    await page.getByRole("link", { name: "p.png" }).click();
    await page.getByText("It is empty.").waitFor();
  });

  it("deletes the version that it shows, when one has said so twice", async () => {
    const page = await open(HASH);
    const asked = Promise.withResolvers<unknown>();
    const refuse = problem({ title: "No", status: 412, detail: "`x` is not as the condition demands" });
    site().answer(PATH, (response) => {
      const { method, headers } = response.req;
      if (method !== "DELETE") return fileOf("text")(response);
      asked.resolve(headers["if-match"]);
      refuse(response);
    });
    await page.getByRole("button", { name: "Delete …" }).click();
    await page.getByRole("button", { name: "Keep it" }).press("Enter");
    await page.locator("button:focus", { hasText: "Delete …" }).waitFor();
    await page.getByRole("button", { name: "Delete …" }).press("Enter");
    await page.locator("button:focus", { hasText: "Keep it" }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByText("is not as the condition demands").waitFor();
    expect(await asked.promise).toBe('"e1"');
    site().answer(PATH, (response) => response.writeHead(204).end());
    await page.getByRole("button", { name: "Delete …" }).click();
    site().answer("/v1/files", json({ items: [entryOf("p.png")] }));
    await page.getByRole("button", { name: "Delete it" }).click();
    await page.getByRole("article").waitFor({ state: "detached" });
    await page.getByRole("link", { name: KEY }).waitFor({ state: "detached" });
    expect(new URL(page.url()).hash).toBe("#files");
    expect(await page.evaluate("document.activeElement.name")).toBe("prefix");
  });

  it("begins a download, and shows how far it is, until the file is there", async () => {
    const page = await open("#files");
    await page.getByLabel("URL", { exact: true }).fill("https://site.example/a.iso");
    const refuse = problem({ title: "No", status: 400, detail: "the address is private" });
    const answer = (post: Handler, items: readonly unknown[]) =>
      site().answer("/v1/tasks", (response) =>
        (response.req.method === "POST" ? post : json({ items }))(response),
      );
    answer(refuse, []);
    await page.getByRole("button", { name: "Download" }).click();
    await page.getByText("the address is private").waitFor();
    expect(await page.getByLabel("URL", { exact: true }).inputValue()).toBe("https://site.example/a.iso");
    const sent = Promise.withResolvers<unknown>();
    const take: Handler = (response) => {
      response.req.on("data", (bytes) => sent.resolve(JSON.parse(String(bytes))));
      json({ id: "task_1" }, {}, 202)(response);
    };
    answer(take, [RUNNING, FAILED]);
    await page.getByRole("button", { name: "Download" }).click();
    await page.getByText("12.3 of 50.0 MB, 4.1 MB/s, 10 s left").waitFor();
    expect(await sent.promise).toEqual({ type: "download", payload: { url: "https://site.example/a.iso" } });
    expect(await words(page, ".download-list")).toContain("https://site.example/b dead <b>It</b> broke off");
    expect(await page.getByRole("link", { name: "isos/a" }).getAttribute("href")).toBe("#tasks/task_1");
    expect(await page.getByLabel("URL", { exact: true }).inputValue()).toBe("");
    expect(await findBarriers(page)).toEqual([]);
    site().answer("/v1/files", json({ items: [entryOf("isos/a")] }));
    answer(take, [{ ...RUNNING, state: "succeeded" }]);
    await page.locator(".file-list").getByText("isos/a").waitFor();
  });

  it("stores a file of this machine where there is none, and keeps what is filled in when it is refused", async () => {
    const page = await open("#files");
    const file = { name: "ä.txt", mimeType: "text/plain", buffer: Buffer.from("hello") };
    await page.getByLabel("File", { exact: true }).setInputFiles(file);
    const taken = problem({ title: "No", status: 412, detail: "there is one already" });
    site().answer("/v1/files/ä.txt", taken);
    await page.getByRole("button", { name: "Upload" }).click();
    await page.getByText("there is one already").waitFor();
    const sent = Promise.withResolvers<unknown>();
    site().answer("/v1/files/in/b.txt", (response) => {
      const { method, headers } = response.req;
      if (method !== "PUT") return fileOf("hello", "text/plain")(response);
      response.req.on("data", (bytes) =>
        sent.resolve([String(bytes), headers["if-none-match"], headers["content-type"]]),
      );
      response.req.on("end", () => json(entryOf("in/b.txt"), {}, 201)(response));
    });
    await page.getByLabel("Key (the file’s name").fill("in/b.txt");
    await page.getByRole("button", { name: "Upload" }).click();
    await page.getByRole("article").waitFor();
    expect(await sent.promise).toEqual(["hello", "*", "text/plain"]);
    expect(await page.locator("article pre").textContent()).toBe("hello");
    expect(await page.getByLabel("Key (the file’s name").inputValue()).toBe("");
  });

  it("stops an upload when it is told to", async () => {
    const page = await open("#files");
    const file = { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("hello") };
    await page.getByLabel("File", { exact: true }).setInputFiles(file);
    const gone = Promise.withResolvers<void>();
    site().answer("/v1/files/a.txt", (response) => void response.on("close", () => gone.resolve()));
    await page.getByRole("button", { name: "Upload" }).click();
    await page.getByRole("progressbar", { name: "Under way" }).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await gone.promise;
    await page.getByRole("progressbar").waitFor({ state: "detached" });
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  it("asks for one token where the door is shut, and goes on with it", async () => {
    const shut: Handler = (response) => problem({ title: "Who asks is not known", status: 401 })(response);
    for (const path of ["/v1/files", "/v1/tasks", PATH]) site().answer(path, shut);
    const page = await open(HASH);
    await page.getByLabel("Token").waitFor();
    expect(await findBarriers(page)).toEqual([]);
    site().reset();
    await page.getByLabel("Token").fill("mf_token");
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByText("<b>bold</b>").waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    // A link would be refused.
    expect(await page.getByRole("link", { name: "Save", exact: true }).count()).toBe(0);
    site().answer(PATH, problem({ title: "Files are away", status: 503 }));
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Files are away").waitFor();
  });

  it("keeps the list while it cannot be read on", async () => {
    const page = await open("#files");
    await page.getByRole("button", { name: "More" }).waitFor();
    site().answer("/v1/files", problem({ title: "Files are away", status: 503 }));
    await page.getByRole("button", { name: "More" }).click();
    await page.getByText("Files are away").waitFor();
    expect(await page.locator(".file-list li").count()).toBe(2);
    site().reset();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("Files are away").waitFor({ state: "detached" });
  });

  it("shows on a phone what was picked at the end of a long list", async () => {
    const items = Array.from({ length: 50 }, (_, index) => entryOf(`many/${index}`));
    site().answer("/v1/files", json({ items: [...items, entryOf(KEY)] }));
    const page = await open("#files", { width: 360, height: 740 });
    await page.getByRole("link", { name: KEY }).click();
    await page.getByRole("article").waitFor();
    const [top = -1, most = 0] = await page.evaluate<number[]>(
      "[document.querySelector('article').getBoundingClientRect().top, innerHeight]",
    );
    expect(top).toBeGreaterThanOrEqual(0);
    expect(top).toBeLessThan(most);
  });

  it("fits a phone", async () => {
    const page = await open(HASH, { width: 360, height: 740 });
    site().answer("/v1/tasks", json({ items: [RUNNING, FAILED] }));
    await page.getByText("12.3 of 50.0 MB").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  });
});

describe("previewOf", () => {
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  const of = (bytes: Uint8Array<ArrayBuffer>, type: string | null = null, size = bytes.length) =>
    previewOf(bytes, size, type);

  it("takes for text what is in UTF-8, whatever its type", () => {
    expect(of(bytesOf("hé"), "application/x-thing")).toEqual({ kind: "text", text: "hé", isWhole: true });
    expect(of(bytesOf("<svg onload='x'/>"), "image/svg+xml").kind).toBe("text");
    for (const bytes of [[0xff, 0xfe, 0x61], [0x61, 0, 0x62], [0xc3]]) {
      expect(of(new Uint8Array(bytes), "text/plain").kind).toBe("none");
    }
  });

  it("leaves out a character that is cut at the end of what was read", () => {
    expect(of(new Uint8Array([0x61, 0xc3]), null, 100)).toEqual({ kind: "text", text: "a", isWhole: false });
  });

  it("makes of an image an address that holds all of it, however large", () => {
    const bytes = new Uint8Array(100_000).map((_, index) => index % 256);
    const preview = of(bytes, "Image/PNG; x=y");
    expect(preview).toEqual({
      kind: "image",
      url: `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`,
    });
    expect(of(bytes, "image/png", MOST_IMAGE_BYTES + 1).kind).toBe("none");
    expect(imageTypeOf("image/pngx")).toBeUndefined();
  });
});

describe("getFile", () => {
  afterEach(() => void vi.unstubAllGlobals());

  it.each([
    ["image/png", FIRST_BYTES + 1, [`bytes=0-${FIRST_BYTES - 1}`, null]],
    ["image/png", FIRST_BYTES, [`bytes=0-${FIRST_BYTES - 1}`]],
    ["image/png", MOST_IMAGE_BYTES + 1, [`bytes=0-${FIRST_BYTES - 1}`]],
    ["text/plain", FIRST_BYTES + 1, [`bytes=0-${FIRST_BYTES - 1}`]],
  ])("reads no more of a file than it shows: %s of %i bytes", async (type, size, ranges) => {
    const asked: (string | null)[] = [];
    vi.stubGlobal("sessionStorage", { getItem: () => null });
    vi.stubGlobal("fetch", async (_: string, { headers }: RequestInit) => {
      const range = new Headers(headers).get("Range");
      asked.push(range);
      const body = new Uint8Array(range === null ? size : Math.min(size, FIRST_BYTES)).fill(0x61);
      const fields =
        range === null ? { "Content-Length": String(size) } : { "Content-Range": `bytes 0-1/${size}` };
      return await Promise.resolve(
        new Response(body, {
          status: range === null ? 200 : 206,
          headers: { "Content-Type": type, ...fields },
        }),
      );
    });
    const file = await getFile("x", new AbortController().signal);
    expect(asked).toEqual(ranges);
    expect(file).toMatchObject({ size });
  });
});

describe("createShelf", () => {
  afterEach(() => void vi.unstubAllGlobals());

  /** A shelf over two pages of a list, and what it asked for. */
  function stage() {
    const asked: string[] = [];
    let downloads: object = { items: [] };
    vi.stubGlobal("sessionStorage", { getItem: () => null });
    vi.stubGlobal("fetch", async (target: string) => {
      asked.push(target);
      const isNext = target.includes("cursor");
      const page = isNext ? { items: [entryOf("b")] } : { items: [entryOf("a")], cursor: "c1" };
      const body = target.startsWith("/v1/files") ? page : downloads;
      return await Promise.resolve(Response.json(body, { status: "title" in body ? 401 : 200 }));
    });
    let tick = () => {};
    const shelf = createShelf((listener) => ((tick = listener), () => {}));
    return {
      shelf,
      next: async () => {
        for (let turn = 0; turn < 5; turn += 1) await setImmediate();
        return asked.splice(0);
      },
      tick: () => tick(),
      answer: (body: object) => (downloads = body),
    };
  }

  it("reads on from where it was, and anew as much as there was", async () => {
    const { shelf, next } = stage();
    shelf.open(undefined);
    expect(await next()).toContain("/v1/files?limit=50");
    shelf.more();
    expect(await next()).toEqual(["/v1/files?limit=50&cursor=c1"]);
    expect(shelf.listing.get().files?.items.map(({ key }) => key)).toEqual(["a", "b"]);
    shelf.refresh();
    expect((await next()).filter((target) => target.startsWith("/v1/files"))).toEqual([
      "/v1/files?limit=50",
      "/v1/files?limit=50&cursor=c1",
    ]);
    expect(shelf.listing.get().files?.items.map(({ key }) => key)).toEqual(["a", "b"]);
    shelf.find("x&y/");
    expect(await next()).toEqual(["/v1/files?limit=50&prefix=x%26y%2F"]);
  });

  it("asks once of each download what it fetches, and by itself only where that is of use", async () => {
    const { shelf, next, tick, answer } = stage();
    answer({ items: [FAILED], payload: { url: "https://site.example/b" } });
    shelf.open(undefined);
    expect(await next()).toContain("/v1/tasks/task_2");
    tick();
    expect(await next()).toEqual(["/v1/tasks?type=download&limit=5"]);
    answer({ title: "No" });
    tick();
    await next();
    tick();
    expect(await next()).toEqual([]);
  });

  it.each([
    ["was seen before", [RUNNING]],
    ["was never seen before", []],
    ["came after others", [{ ...RUNNING, id: "task_2", state: "succeeded" }]],
  ])("reads the list anew once a download has become a file that %s", async (_, before) => {
    const { shelf, next, tick, answer } = stage();
    const payload = { url: "https://site.example/b" };
    answer({ items: before, payload });
    shelf.open(undefined);
    expect((await next()).filter((target) => target.startsWith("/v1/files"))).toHaveLength(1);
    answer({ items: [{ ...RUNNING, state: "succeeded" }], payload });
    tick();
    expect(await next()).toContain("/v1/files?limit=50");
    tick();
    expect(await next()).toEqual(["/v1/tasks?type=download&limit=5"]);
  });
});
