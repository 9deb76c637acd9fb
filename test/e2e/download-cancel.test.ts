import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PART_BYTES } from "../../src/files/parts-sink.ts";
import { type RunningWorker, startWorker } from "../support/worker.ts";
import { until } from "./product.ts";

const LOCAL = { ATLAS_ORIGIN: "http://127.0.0.1:9", AUTH: "open", ALLOW_LOOPBACK: "1" };

/** It takes less than a second; so long, where many other programs have the machine. */
const LATEST_MS = 10_000;

/** How many are cancelled at once. */
const DOWNLOADS = 3;

const SOME = Buffer.alloc(PART_BYTES + 1024 ** 2, "x");

/** Sends more than a part, and then nothing more. */
async function startOrigin() {
  const sockets = new Set<Socket>();
  const server = createServer(({ url }, response) => {
    if (url === "/known") response.setHeader("Content-Length", 8 * SOME.length);
    response.write(SOME);
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    sockets,
    /** Whether it has handed all to the system, which holds less than a part. */
    isSent: () =>
      [...sockets].every(
        ({ bytesWritten, writableLength }) => bytesWritten > SOME.length && writableLength === 0,
      ),
    close: () => void server.close(),
  };
}

describe("a download that is cancelled", () => {
  let stateDir = "";
  let origin: Awaited<ReturnType<typeof startOrigin>>;
  let worker: RunningWorker;

  beforeAll(async () => {
    stateDir = await mkdtemp(join(tmpdir(), "manifold-cancel-"));
    origin = await startOrigin();
    worker = await startWorker(LOCAL, { stateDir });
  });
  afterAll(async () => {
    await worker[Symbol.asyncDispose]();
    origin.close();
    await rm(stateDir, { recursive: true, force: true });
  });

  it.each(["known", "unknown"])(
    "of a length that is %s, leaves no file, no pending upload and no open socket",
    async (kind) => {
      const ids = await Promise.all(
        Array.from({ length: DOWNLOADS }, async () => {
          const payload = { url: `${origin.url}/${kind}` };
          const { id } = await call<{ id: string }>("/v1/tasks", { type: "download", payload });
          return id;
        }),
      );
      await until(async () => {
        if (origin.sockets.size < DOWNLOADS || !origin.isSent()) return false;
        return kind === "known" || (await pendingUploads()).parts === DOWNLOADS;
      });

      const beganMs = performance.now();
      await Promise.all(ids.map(async (id) => await call(`/v1/tasks/${id}/cancel`, {})));
      await until(() => origin.sockets.size === 0);
      const closedMs = performance.now() - beganMs;
      await until(async () => (await pendingUploads()).uploads === 0);
      const clearedMs = performance.now() - beganMs;
      process.stdout.write(
        `${kind} length: no socket after ${Math.round(closedMs)} ms, no upload after ${Math.round(clearedMs)} ms\n`,
      );
      expect(clearedMs).toBeLessThan(LATEST_MS);

      await until(async () => {
        const views = await Promise.all(
          ids.map(async (id) => await call<{ state: string }>(`/v1/tasks/${id}`)),
        );
        return views.every(({ state }) => state === "cancelled");
      });
      expect(await call("/v1/files")).toMatchObject({ items: [] });
      expect((await pendingUploads()).parts).toBe(0);
    },
  );

  async function call<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(`${worker.url}${path}`, {
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
      headers: { "Content-Type": "application/json" },
    });
    expect(response.ok).toBe(true);
    return (await response.json()) as T; // what the routes' own tests show
  }

  /** What Miniflare's R2 has of uploads that are neither completed nor aborted (seen in 5.20261023). */
  async function pendingUploads(): Promise<{ readonly uploads: number; readonly parts: number }> {
    const names = await readdir(stateDir, { recursive: true });
    const files = names.filter((name) => name.includes("R2Bucket") && name.endsWith(".sqlite"));
    let [uploads, parts] = [0, 0];
    for (const file of files) {
      using database = new DatabaseSync(join(stateDir, file), { readOnly: true });
      const count = (query: string) => Number(database.prepare(query).get()?.["n"] ?? 0);
      if (count("SELECT count(*) AS n FROM sqlite_master WHERE name = '_mf_multipart_uploads'") === 0)
        continue;
      uploads += count("SELECT count(*) AS n FROM _mf_multipart_uploads WHERE state = 0");
      parts += count("SELECT count(*) AS n FROM _mf_multipart_parts WHERE object_key IS NULL");
    }
    return { uploads, parts };
  }
});
