import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { proxyWith } from "../test/companion/proxy/proxy-with.ts";
import { webOrigin } from "../test/companion/proxy/web-origin.ts";
import { until } from "../test/e2e/product.ts";
import { surroundings } from "../test/companion/surroundings.ts";
import { CLIENTS, packumentOf } from "./proxy-clients/clients.ts";

/**
 * `npm run proxy:clients` sends programs of this machine through the proxy to a site of this machine: curl, git, npm and
 * apt. Ends badly when one fails; one that is not here is named, and fails nothing.
 */
async function main(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "manifold-clients-"));
  const around = surroundings();
  try {
    await using proxy = await proxyWith({}, around);
    await using origin = await webOrigin(folder, { "/tiny": packumentOf(folder) });
    let [failed, missing] = [0, 0];
    for (const [name, run] of Object.entries(CLIENTS)) {
      const before = around.logged.length;
      try {
        await run({ folder, proxyUrl: `http://${proxy.address}`, ...origin });
        const passed = () =>
          around.logged.slice(before).filter(({ event, ok }) => event !== "refused" && ok === true).length;
        // A tunnel is told of at its end.
        await until(() => passed() > 0);
        console.log(`ok       ${name} (${passed()} through the proxy)`);
      } catch (error) {
        const { code, path, message } = error as NodeJS.ErrnoException;
        if (code === "ENOENT" && path !== undefined && !path.includes("/")) {
          missing += 1;
          console.log(`MISSING  ${name}: there is no ${path} here, and nothing was shown`);
        } else {
          failed += 1;
          console.log(`FAILED   ${name}: ${message}`);
        }
      }
    }
    console.log(`${failed} failed, ${missing} missing`);
    return failed === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
