import { execFile } from "node:child_process";
import { hash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { GREETING } from "../../test/companion/proxy/web-origin.ts";
import { gitOrigin } from "./git-origin.ts";

/** Where a client finds everything. */
interface Surroundings {
  /** What the site serves; also a place for what clients write. */
  readonly folder: string;
  readonly proxyUrl: string;
  readonly url: string;
  readonly secureUrl: string;
}

/** Sends a program through the proxy. Rejects when it fails, or has not got what it should have. */
type Client = (surroundings: Surroundings) => Promise<void>;

const CURL = ["--silent", "--show-error", "--fail", "--insecure", "--max-time", "30", "--noproxy", ""];
const BYTES = 3_000_000;

export const CLIENTS: Readonly<Record<string, Client>> = {
  "curl, by http": async (around) => await curl(around, around.url),
  "curl, through a tunnel": async (around) => await curl(around, around.secureUrl),
  "curl, http through a tunnel": async (around) => await curl(around, around.url, "--proxytunnel"),
  "curl -T": async ({ folder, proxyUrl, url }) => {
    const body = randomBytes(BYTES);
    const file = join(folder, "upload");
    await writeFile(file, body);
    // By a length, with `Expect: 100-continue`; and in chunks.
    for (const more of [[], ["--header", "Transfer-Encoding: chunked"]]) {
      const said = await run("curl", [...CURL, "--proxy", proxyUrl, ...more, "-T", file, `${url}/up`]);
      expectSame("what came back", said, hash("sha256", body));
    }
  },
  "curl, WebSocket by Upgrade": async ({ proxyUrl, url }) => {
    const fields = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
    const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    const asked = [...fields, key].flatMap((field) => ["--header", field]);
    const said = await run("curl", [...CURL, "--proxy", proxyUrl, "--include", "--no-buffer", ...asked, url]);
    if (!said.startsWith("HTTP/1.1 101") || !said.includes(GREETING)) throw new Error(`it got ${said}`);
  },
  "git clone, by http": async (around) => await gitClone(around, around.url),
  "git clone, through a tunnel": async (around) => await gitClone(around, around.secureUrl),
  "git, the smart protocol by http": async (around) => await gitSmart(around, false),
  "git, the smart protocol through a tunnel": async (around) => await gitSmart(around, true),
  "npm install": async ({ folder, proxyUrl, url }) => {
    await makePackage(folder);
    const home = join(folder, "npm-home");
    await mkdir(home);
    await writeFile(join(home, "package.json"), "{}");
    const args = ["install", "tiny", "--no-audit", "--no-fund", `--registry=${url}/`, `--proxy=${proxyUrl}`];
    await run("npm", [...args, `--cache=${join(folder, "npm-cache")}`, "--noproxy="], home);
    const manifest = await readFile(join(home, "node_modules/tiny/package.json"), "utf8");
    expectSame("its package", (JSON.parse(manifest) as { name: string }).name, "tiny");
  },
  "apt-get update": async ({ folder, proxyUrl, url }) => {
    const [repository, state] = [join(folder, "apt"), join(folder, "apt-state")];
    for (const part of [repository, join(state, "lists/partial"), join(state, "cache/archives/partial")]) {
      await mkdir(part, { recursive: true });
    }
    const packages = "Package: tiny\nVersion: 1.0\nArchitecture: all\nFilename: ./tiny.deb\nSize: 0\n\n";
    await writeFile(join(repository, "Packages"), packages);
    const listed = ` ${hash("sha256", packages)} ${packages.length} Packages\n`;
    await writeFile(join(repository, "Release"), `Date: ${new Date().toUTCString()}\nSHA256:\n${listed}`);
    await writeFile(join(state, "sources.list"), `deb [trusted=yes] ${url}/apt ./\n`);
    const options = [
      `Dir::Etc::sourcelist=${join(state, "sources.list")}`,
      "Dir::Etc::sourceparts=-",
      `Dir::State::lists=${join(state, "lists")}`,
      `Dir::Cache=${join(state, "cache")}`,
      `Acquire::http::Proxy=${proxyUrl}`,
      "APT::Sandbox::User=root",
      "APT::Update::Error-Mode=any",
    ].flatMap((option) => ["-o", option]);
    await run("apt-get", [...options, "update"]);
    const known = await run("apt-cache", [...options, "show", "tiny"]);
    if (!known.includes("Version: 1.0")) throw new Error(`it knows ${known}`);
  },
};

async function curl({ folder, proxyUrl }: Surroundings, url: string, ...more: string[]): Promise<void> {
  const body = randomBytes(BYTES).toString("hex");
  await writeFile(join(folder, "body"), body);
  const said = await run("curl", [...CURL, "--proxy", proxyUrl, ...more, `${url}/body`]);
  expectSame("the body", hash("sha256", said), hash("sha256", body));
}

async function gitClone({ folder, proxyUrl }: Surroundings, url: string): Promise<void> {
  await makeRepository(folder);
  const target = join(folder, url.startsWith("https") ? "cloned-secure" : "cloned");
  await run("git", [...throughProxy(proxyUrl), "clone", "--quiet", `${url}/repo.git`, target]);
  expectSame("the file", await readFile(join(target, "file"), "utf8"), "in a repository\n");
}

/** Clones, pushes more than fits a buffer, which goes in chunks, and fetches: its wishes are long enough to be packed. */
async function gitSmart({ folder, proxyUrl }: Surroundings, isSecure: boolean): Promise<void> {
  await makeRepository(folder);
  await using origin = await gitOrigin(folder, isSecure);
  const name = isSecure ? "smart-secure" : "smart";
  const git = async (...args: readonly string[]) =>
    await run("git", [...throughProxy(proxyUrl), "-c", "http.postBuffer=100000", ...args]);
  const [first, second] = [join(folder, name), join(folder, `${name}-again`)];
  await git("clone", "--quiet", `${origin.url}/repo.git`, first);
  await writeFile(join(first, name), randomBytes(BYTES));
  await git("-C", first, "add", name);
  await git("-C", first, ...WHO, "commit", "--quiet", "-m", name);
  for (let at = 0; at < 50; at += 1) {
    await git("-C", first, ...WHO, "commit", "--quiet", "--allow-empty", "-m", `${at}`);
    await git("-C", first, "branch", `${name}-${at}`);
  }
  await git("-C", first, "push", "--quiet", "origin", "--all");
  await git("clone", "--quiet", `${origin.url}/repo.git`, second);
  const digest = async (clone: string) => hash("sha256", await readFile(join(clone, name)));
  expectSame("what was pushed", await digest(second), await digest(first));
  for (const how of ["POST git-receive-pack chunked ", "POST git-upload-pack  gzip"]) {
    if (!origin.asked.includes(how)) throw new Error(`Expected \`${how}\` among ${origin.asked.join(", ")}`);
  }
}

const WHO = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"];
const throughProxy = (proxyUrl: string) => ["-c", `http.proxy=${proxyUrl}`, "-c", "http.sslVerify=false"];

/** Makes `repo.git` below a folder, once. */
async function makeRepository(folder: string): Promise<void> {
  const isMade = await stat(join(folder, "repo.git")).catch(() => undefined);
  if (isMade !== undefined) return;
  const source = join(folder, "source");
  await run("git", ["init", "--quiet", source]);
  await writeFile(join(source, "file"), "in a repository\n");
  await run("git", ["-C", source, "add", "file"]);
  await run("git", ["-C", source, ...WHO, "commit", "--quiet", "-m", "one"]);
  await run("git", ["clone", "--quiet", "--bare", source, join(folder, "repo.git")]);
  await run("git", ["-C", join(folder, "repo.git"), "update-server-info"]);
}

/** Packs a package for the site to serve. */
async function makePackage(folder: string): Promise<void> {
  const source = join(folder, "tiny-source");
  await mkdir(source);
  await writeFile(join(source, "package.json"), JSON.stringify({ name: "tiny", version: "1.0.0" }));
  await run("npm", ["pack", "--silent", "--pack-destination", folder], source);
}

/** What a registry says of that package (npm's `packument`), given its own URL. */
export const packumentOf = (folder: string) => (url: string) => {
  const tarball = readFileSync(join(folder, "tiny-1.0.0.tgz"));
  const dist = { tarball: `${url}/tiny-1.0.0.tgz`, integrity: `sha512-${hash("sha512", tarball, "base64")}` };
  const versions = { "1.0.0": { name: "tiny", version: "1.0.0", dist } };
  return JSON.stringify({ name: "tiny", "dist-tags": { latest: "1.0.0" }, versions });
};

/** Runs a program without the proxies that this machine may have been told of. @returns What it wrote. */
async function run(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/_proxy$|^npm_/i.test(name)),
  );
  const options = { cwd, env, maxBuffer: 100_000_000, timeout: 60_000 };
  const { stdout } = await promisify(execFile)(program, args, options);
  return stdout;
}

function expectSame(what: string, got: string, expected: string): void {
  if (got !== expected) throw new Error(`Expected ${what} to be ${expected}, got ${got.slice(0, 200)}`);
}
