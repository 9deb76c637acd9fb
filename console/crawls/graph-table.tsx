import { useState } from "hono/jsx/dom";
import type { CrawlPage } from "./answers.ts";

/** What the graph shows, as a table. It can be long: it is written out only for whoever opens it. */
export function GraphTable({ pages }: { readonly pages: readonly CrawlPage[] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      class="raw"
      onToggle={(event: Event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}
    >
      <summary>The same as a table</summary>
      {isOpen && (
        <div class="table-frame" role="region" aria-label="Pages and who led to them" tabindex={0}>
          <table class="branches">
            <thead>
              <tr>
                <th>URL</th>
                <th class="number">Status</th>
                <th class="number">Depth</th>
                <th>Found on</th>
              </tr>
            </thead>
            <tbody>
              {pages.map(({ seq, url, status, depth, parent }) => (
                <tr key={seq}>
                  <td>{url}</td>
                  <td class="number">{status}</td>
                  <td class="number">{depth}</td>
                  <td>{parent}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
