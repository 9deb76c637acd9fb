import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { startCompanion } from "./companion-process.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** A directory with what the image has, and nothing else: the files it copies, and the packages that are installed. */
async function imageDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "manifold-image-"));
  const dockerfile = await readFile(join(ROOT, "deploy/Dockerfile"), "utf8");
  const [, image = ""] = dockerfile.split(/^FROM .*$/m).slice(1);
  for (const [, from = "", to = ""] of image.matchAll(/^COPY (?!--from)(\S+) (\S+)$/gm))
    await cp(join(ROOT, from), to.endsWith("/") ? join(directory, to, from) : join(directory, to), {
      recursive: true,
    });
  // As written by npm.
  const { packages } = JSON.parse(await readFile(join(ROOT, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { readonly dev?: true; readonly optional?: true }>>;
  };
  for (const [path, { dev, optional }] of Object.entries(packages)) {
    // One in another's folder comes with that.
    if (path === "" || dev === true || optional === true || path.lastIndexOf("node_modules") > 0) continue;
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await symlink(join(ROOT, path), join(directory, path));
  }
  return directory;
}

describe("deploy/Dockerfile", () => {
  it("copies all that the companion needs, whose health check says whether it works", async () => {
    const directory = await imageDirectory();
    const open = startCompanion({
      directory,
      args: ["--echo-port", "0", "--chat-port", "0", "--proxy-port", "0", "--monitor-port", "0"],
    });
    try {
      const ports = await Promise.all(
        ["echo", "chat", "proxy", "monitor"].map(async (service) => {
          const address = await open.addressOf(service);
          return [`--${service}-port`, address.slice(address.lastIndexOf(":") + 1)];
        }),
      );
      const args = [...ports.flat(), "--selfcheck"];
      const check = startCompanion({ directory, args });
      expect(await check.exit).toBe(0);
      expect(check.output().match(/ ok /g)).toHaveLength(4);
      open.child.kill("SIGTERM");
      expect(await open.exit).toBe(0);
      const late = startCompanion({ directory, args });
      expect(await late.exit).toBe(1);
      expect(late.output().match(/ failed .*ECONNREFUSED/g)).toHaveLength(4);
    } finally {
      open.child.kill("SIGKILL");
      await rm(directory, { recursive: true });
    }
  });
});
