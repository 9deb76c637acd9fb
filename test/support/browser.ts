import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Browser, chromium, type LaunchOptions } from "playwright-core";

/** No name is looked up, whatever a page or the browser itself asks for: tests talk to this machine only. */
const OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1";

/** Where what is unpacked stays, until the next `npm ci`. */
const CACHE = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));

/**
 * Starts a headless browser; close it when done. Runs as root and without a network.
 *
 * The browser is the one that the environment variable CHROMIUM_PATH names; else, on Linux on x64, the one that
 * `@sparticuz/chromium` ships, so that `npm ci` is all it takes; else the Chrome of this machine.
 */
export async function launchBrowser(): Promise<Browser> {
  const path = process.env["CHROMIUM_PATH"];
  const isLinuxX64 = process.platform === "linux" && process.arch === "x64";
  const options = path ? { executablePath: path } : isLinuxX64 ? await shipped() : { channel: "chrome" };
  // Playwright itself adds what root needs (`--no-sandbox`) and stops background networking.
  return await chromium.launch({ ...options, args: [OFFLINE] });
}

/**
 * The shipped browser with the libraries and fonts it comes with, unpacked once. The package's own arguments stay
 * out: they fit a function on Lambda (one process, no web security), not a test of what people see.
 */
async function shipped(): Promise<LaunchOptions> {
  const entry = import.meta.resolve("@sparticuz/chromium");
  const manifest = await readFile(new URL("../package.json", entry), "utf8");
  const { version } = JSON.parse(manifest) as { readonly version: string };
  const directory = join(CACHE, `chromium-${version}`);
  if (!existsSync(directory)) await unpack(entry, directory);
  return {
    executablePath: join(directory, "chromium"),
    env: {
      ...process.env,
      LD_LIBRARY_PATH: [join(directory, "al2023", "lib"), process.env["LD_LIBRARY_PATH"] ?? []]
        .flat()
        .join(":"),
      FONTCONFIG_FILE: join(directory, "fonts.conf"),
    },
  };
}

/**
 * Unpacks the browser beside its place and moves it there as a whole: tests that start at the same time never see
 * half of it.
 */
async function unpack(entry: string, directory: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const unfinished = await mkdtemp(`${directory}-`);
  try {
    // The package unpacks into the temporary directory, and its libraries only where it believes it is on Lambda; as
    // both are said by the environment, a process of its own is told so.
    const program = "import(process.argv[1]).then((chromium) => chromium.default.executablePath())";
    const env = { ...process.env, TMPDIR: unfinished, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" };
    await promisify(execFile)(process.execPath, ["-e", program, entry], { env });
    await writeFile(join(unfinished, "fonts.conf"), fontConfig(directory));
    await rename(unfinished, directory);
  } catch (error) {
    // Another test may have been faster.
    if (!existsSync(directory)) throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** The machine's fonts, if any, and the one that came with the browser, preferred: pages look alike everywhere. */
function fontConfig(directory: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(directory, "fonts")}</dir>
  <cachedir>${join(directory, "fonts-cache")}</cachedir>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <match target="pattern">
    <test name="family"><string>sans-serif</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Open Sans</string></edit>
  </match>
  <match target="pattern">
    <test name="family"><string>system-ui</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Open Sans</string></edit>
  </match>
</fontconfig>
`;
}
