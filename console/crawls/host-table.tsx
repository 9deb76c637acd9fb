import { isAnswer } from "../exchange.ts";
import { FailureCard } from "../failure-card.tsx";
import { formatLimit } from "../format.ts";
import { clockOf } from "../tasks/state-words.ts";
import type { Hosts } from "./answers.ts";
import type { Survey } from "./survey.ts";

/** So many are shown; those of which most URLs are known come first. */
const MOST = 50;

type Host = Hosts["items"][number];

interface HostTableProps {
  readonly hosts: Survey["hosts"];
  readonly onRetry: () => void;
}

/** The hosts of a crawl: how far it is with each, how each is spared, and what went wrong there last. */
export function HostTable({ hosts, onRetry }: HostTableProps) {
  if (hosts === undefined) return null;
  if (!isAnswer(hosts.answer)) return <FailureCard failure={hosts.answer} onRetry={onRetry} />;
  const { items } = hosts.answer;
  return (
    <section class="panel" aria-labelledby="hosts-heading">
      <h2 id="hosts-heading" class="caption">
        Hosts
      </h2>
      <div class="table-frame" tabindex={0} role="region" aria-labelledby="hosts-heading">
        <table class="branches">
          <thead>
            <tr>
              <th>Host</th>
              <th class="number">Pages</th>
              <th class="number">Waiting</th>
              <th class="number">Failed</th>
              <th class="number">Kept out</th>
              <th>Pause</th>
              <th>robots.txt</th>
              <th>Last error</th>
            </tr>
          </thead>
          <tbody>
            {items.slice(0, MOST).map((item) => (
              <Row key={item.host} item={item} />
            ))}
          </tbody>
        </table>
      </div>
      {items.length > MOST && (
        <p class="muted more">{`The ${MOST} of which most URLs are known; there are more.`}</p>
      )}
    </section>
  );
}

function Row({ item }: { readonly item: Host }) {
  const { host, pages, waiting, failed, keptOut, robots, lastError, lastErrorAt } = item;
  return (
    <tr>
      <td>{host}</td>
      <td class="number">{pages.toLocaleString("en")}</td>
      <td class="number">{waiting.toLocaleString("en")}</td>
      <td class="number">{failed.toLocaleString("en")}</td>
      <td class="number">{keptOut.toLocaleString("en")}</td>
      <td>{paceOf(item)}</td>
      <td>
        {robots === "unreachable" ? <span class="outcome bad">unreachable</span> : ROBOTS[robots ?? ""]}
      </td>
      <td>
        {lastError !== undefined && <span class="outcome bad">{lastError}</span>}
        {lastErrorAt !== undefined && <span class="muted">{` at ${clockOf(lastErrorAt)}`}</span>}
      </td>
    </tr>
  );
}

const ROBOTS: Readonly<Record<string, string>> = { "allows-all": "allows all", "has-rules": "has rules" };

/** How long a host is left alone between answers. */
function paceOf({ pauseMs, crawlDelayMs, robots }: Host): string {
  const asked = crawlDelayMs === undefined ? "" : ` (it asks for ${formatLimit(crawlDelayMs)})`;
  if (pauseMs !== undefined) return `${formatLimit(pauseMs)}${asked}`;
  return robots === undefined ? "" : "none";
}
