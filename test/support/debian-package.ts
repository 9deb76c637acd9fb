import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Where packages stay, until the next `npm ci`. */
const CACHE = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));

/**
 * The files of a Debian package, downloaded and unpacked once; nothing is installed, and it takes no rights.
 *
 * @returns The folder that stands for the root.
 * @throws With what apt or dpkg said, where the package cannot be had.
 */
export async function debianPackage(name: string): Promise<string> {
  const folder = join(CACHE, `debian-${name}`);
  if (existsSync(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  const unfinished = await mkdtemp(`${folder}-`);
  try {
    const root = join(unfinished, "root");
    await run("dpkg-deb", ["-x", await download(name, unfinished), root]);
    await rename(root, folder);
  } catch (error) {
    const { stderr = "" } = error as { readonly stderr?: string }; // as `execFile` rejects
    // Another test may have been faster.
    if (!existsSync(folder))
      throw new Error(`The Debian package ${name} cannot be had: ${stderr.trim()}`, { cause: error });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** @returns The file of the package. */
async function download(name: string, folder: string): Promise<string> {
  const apt = async (...args: readonly string[]) => await run("apt-get", ["-qq", ...args], { cwd: folder });
  // It runs as us, in a folder of ours.
  const asWeAre = ["-o", "APT::Sandbox::User="];
  try {
    await apt(...asWeAre, "download", name);
  } catch {
    // The machine's lists may be empty or old, and are another's to update.
    const own = [
      ...asWeAre,
      "-o",
      `Dir::State::lists=${join(folder, "lists")}`,
      "-o",
      `Dir::Cache=${folder}`,
    ];
    await mkdir(join(folder, "lists", "partial"), { recursive: true });
    await mkdir(join(folder, "archives", "partial"), { recursive: true });
    await apt(...own, "-o", "Debug::NoLocking=1", "-o", "Acquire::Languages=none", "update");
    await apt(...own, "download", name);
  }
  const file = (await readdir(folder)).find((entry) => entry.endsWith(".deb"));
  if (file === undefined) throw new Error(`Expected apt-get to have downloaded ${name}, got no .deb`);
  return join(folder, file);
}
