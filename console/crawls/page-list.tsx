import { formatBytes, formatDuration } from "../format.ts";
import { clockOf } from "../tasks/state-words.ts";
import type { CrawlPage } from "./answers.ts";

/** The latest pages of a crawl, as they come. What they are called is foreign, and is text. */
export function PageList({ id, pages }: { readonly id: string; readonly pages: readonly CrawlPage[] }) {
  const all = `/v1/crawls/${id}/pages`;
  return (
    <section class="panel" aria-labelledby="pages-heading">
      <h2 id="pages-heading" class="caption">
        The latest pages
      </h2>
      <p class="muted">
        All of them are at <code>{all}</code>.
      </p>
      <div class="table-frame" tabindex={0} role="region" aria-labelledby="pages-heading">
        <table class="branches">
          <thead>
            <tr>
              <th>Status</th>
              <th>URL</th>
              <th class="number">Size</th>
              <th class="number">Began</th>
              <th class="number">Took</th>
              <th class="number">Links</th>
            </tr>
          </thead>
          <tbody>
            {pages.map(({ seq, url, status, title, bytes, ms, links, startedAt }) => (
              <tr key={seq}>
                <td>
                  <span class={`outcome ${status < 400 ? "good" : "bad"}`}>{status}</span>
                </td>
                <td title={title}>{url}</td>
                <td class="number">{formatBytes(bytes)}</td>
                <td class="number">{startedAt !== undefined && clockOf(startedAt)}</td>
                <td class="number">{formatDuration(ms)}</td>
                <td class="number">{links}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
