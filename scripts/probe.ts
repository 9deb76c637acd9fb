import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect, isIP } from "node:net";
import { parseArgs } from "node:util";
import { MissingError } from "../bench/harness/bench.ts";
import { PEERS, startManifoldProxy } from "../bench/proxy/proxies.ts";
import { isOurs, type ProbeCase } from "../test/companion/proxy/probe/probe-case.ts";
import { PROBE, probe } from "../test/companion/proxy/probe/probe.ts";
import type { Seen } from "../test/companion/proxy/probe/seen.ts";
import { probeTable, type Column } from "./probe-table.ts";

const TABLE = new URL("../docs/proxy-probe.md", import.meta.url);

/** What is wrong waits that long to become right. */
const PATIENCE_MS = 1_500;

/**
 * `npm run probe` sends the cases of the probe to this proxy and to those beside it that are installed here, and prints
 * a table; `--write` puts it into `docs/proxy-probe.md`, and `--proxy host:port` probes any other proxy, which has to
 * let through what is for this machine. Ends badly when this proxy, or the one that was given, fails a case.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { proxy: { type: "string" }, write: { type: "boolean", default: false } },
  });
  if (values.proxy !== undefined) {
    const column = await probeAll(values.proxy, values.proxy, false);
    console.log(probeTable([column]));
    return column.failed.length === 0 ? 0 : 1;
  }
  const ours = await probeStarted("Manifold", startManifoldProxy, true);
  const columns = [ours];
  for (const [name, start] of Object.entries(PEERS)) {
    try {
      columns.push(await probeStarted(`${name} ${versionOf(name)}`.trim(), start, false));
    } catch (error) {
      if (!(error instanceof MissingError)) throw error;
      console.error(`${name} is left out: ${error.message}`);
    }
  }
  const table = probeTable(columns);
  console.log(table);
  if (values.write) await writeFile(TABLE, `${INTRODUCTION}\n${table}\n`);
  return ours.failed.length === 0 ? 0 : 1;
}

async function probeStarted(
  name: string,
  start: typeof startManifoldProxy,
  isThisProxy: boolean,
): Promise<Column> {
  await using server = await start();
  return await probeAll(name, new URL(server.url).host, isThisProxy);
}

async function probeAll(name: string, address: string, isThisProxy: boolean): Promise<Column> {
  const { hostname, port } = URL.parse(`http://${address}`) ?? { hostname: "", port: "" };
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(host) === 0)
    throw new RangeError(`Expected \`--proxy\` to be an address and a port, got ${address}`);
  // A proxy that is not there would pass for one that refuses.
  const knock = connect({ host, port: Number(port || 80) });
  await once(knock, "connect");
  knock.destroy();
  const cells = new Map<ProbeCase, string>();
  const failed: string[] = [];
  for (const row of PROBE) {
    const { allowed } = row;
    // Nobody else is asked to go where this guard would stop us.
    if (allowed === "ours" && !isThisProxy) {
      cells.set(row, "–");
      continue;
    }
    const isRight = (seen: Seen) => (isThisProxy ? isOurs(row, seen) : allowed !== "ours" && allowed(seen));
    const seen = await probe(row, { host, port: Number(port || 80) }, isRight, PATIENCE_MS);
    if (!isRight(seen)) failed.push(row.name);
    cells.set(row, `${sayOf(seen)}${isRight(seen) ? "" : " ✗"}`);
  }
  return { name, cells, failed };
}

function sayOf({ status, end, asked }: Seen): string {
  if (status === undefined && end === "open") return asked === "" ? "silence" : "sent on";
  if (status === undefined) return end;
  return end === "reset" ? `${status}, reset` : String(status);
}

/** As Debian or npm has it; empty where neither does. */
function versionOf(name: string): string {
  const [program, ...args] = VERSIONS[name] ?? [];
  if (program === undefined) return "";
  try {
    const output = execFileSync(program, args, {
      encoding: "utf8",
      cwd: new URL("../bench/peers", import.meta.url),
    });
    return /\d+(\.\d+)+/.exec(output.replace(/^[^]*proxy-chain@/, ""))?.[0] ?? "";
  } catch {
    return ""; // it is not here, which is said where it would start
  }
}

const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  tinyproxy: ["tinyproxy", "-v"],
  squid: ["squid", "-v"],
  "proxy-chain": ["npm", "ls", "proxy-chain"],
};

const INTRODUCTION = `# What proxies do with odd messages

Made by \`npm run probe -- --write\`. Each case is sent over a raw socket to a proxy that runs as it comes, with an
origin on the same machine behind it; the cell is the status that came back. The same rules judge all of them, from what
the client was told, what the origin was sent, and whether the connection was closed: where the RFC leaves a choice,
such as to refuse a message or to repair it, either is right. ✗ marks what is not allowed, or is advised against by a
SHOULD. \`closed\` and \`reset\` are connections that ended without an answer; \`sent on\` went to the origin as it was,
and \`silence\` nowhere, and no answer came; – marks rules of this proxy's own, which others were not asked about.
`;

process.exitCode = await main();
