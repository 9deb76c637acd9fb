import { statSync } from "node:fs";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Connection, listen } from "../../companion/listen.ts";
import { rawClient } from "./raw-client.ts";
import { surroundings } from "./surroundings.ts";

const OPTIONS = {
  name: "odd",
  where: { host: "127.0.0.1", port: 0 },
  caps: { total: 9, perAddress: 9 },
  idleMs: 60_000,
};

/** Says what it hears, and fails at what is wrong. */
function fragile({ socket, guard }: Connection): () => void {
  socket.on(
    "data",
    guard((bytes: Buffer) => {
      if (bytes.toString() === "wrong") throw new Error("It was wrong");
      socket.write(bytes);
    }),
  );
  return () => socket.end();
}

describe("listen", () => {
  it("ends the connection whose callback fails, and no other", async () => {
    const around = surroundings();
    await using service = await listen({ ...OPTIONS, ...around, onConnection: fragile });
    using first = await rawClient(service.address);
    using second = await rawClient(service.address);
    first.say("wrong");
    expect(await first.end()).toBe("");
    second.say("right");
    expect(await second.hear("right")).toBe("right");
    expect(around.logged).toContainEqual(
      expect.objectContaining({
        event: "connection-broken",
        err: expect.objectContaining({ message: "It was wrong" }),
      }),
    );
  });

  it("ends the connection that cannot be taken", async () => {
    const onConnection = () => {
      throw new Error("Not today");
    };
    await using service = await listen({ ...OPTIONS, ...surroundings(), onConnection });
    using client = await rawClient(service.address);
    expect(await client.end()).toBe("");
  });

  it("opens a Unix socket for its owner only", async () => {
    const directory = await mkdtemp(join(tmpdir(), "manifold-listen-"));
    const path = join(directory, "socket");
    try {
      await using service = await listen({
        ...OPTIONS,
        ...surroundings(),
        where: { path },
        onConnection: fragile,
      });
      expect(service.address).toBe(path);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      using client = await rawClient(path);
      client.say("here");
      await client.hear("here");
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it("takes the place of a Unix socket whose process was killed, and of nothing else", async () => {
    const directory = await mkdtemp(join(tmpdir(), "manifold-listen-"));
    const [path, file] = [join(directory, "socket"), join(directory, "file")];
    const listenAt = async (where: string) =>
      await listen({ ...OPTIONS, ...surroundings(), where: { path: where }, onConnection: fragile });
    try {
      const dead = await listenAt(file);
      await rename(file, path); // it removes what it has no more
      await dead[Symbol.asyncDispose]();
      await using service = await listenAt(path);
      using client = await rawClient(service.address);
      await expect(listenAt(path)).rejects.toThrow("EADDRINUSE");
      client.say("here");
      await client.hear("here");
      await writeFile(file, "mine");
      await expect(listenAt(file)).rejects.toThrow("EADDRINUSE");
      expect(await readFile(file, "utf8")).toBe("mine");
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it("says when it cannot listen, and leaves nothing in the registry", async () => {
    await using first = await listen({ ...OPTIONS, ...surroundings(), onConnection: fragile });
    const port = Number(first.address.split(":")[1]);
    const around = surroundings();
    const second = listen({
      ...OPTIONS,
      ...around,
      where: { host: "127.0.0.1", port },
      onConnection: fragile,
    });
    await expect(second).rejects.toThrow("EADDRINUSE");
    expect(around.registry.size).toBe(0);
  });
});
