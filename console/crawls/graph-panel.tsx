import { useMemo, useState } from "hono/jsx/dom";
import type { Refusal, Unreachable } from "../exchange.ts";
import { Complaint } from "../complaint.tsx";
import type { CrawlPage, Why } from "./answers.ts";
import { layOutGraph, nodeByKey } from "./graph-layout.ts";
import { GraphTable } from "./graph-table.tsx";
import { LinkGraph } from "./link-graph.tsx";
import type { Link } from "./read-links.ts";
import { useLinks } from "./use-links.ts";
import { WhyWords } from "./why-words.tsx";

interface GraphPanelProps {
  /** Of the crawl. */
  readonly id: string;
  /** In the order of fetching. */
  readonly pages: readonly CrawlPage[];
  /** How many there are, drawn or not. */
  readonly total: number;
  readonly onAsk: (url: string) => Promise<Why | Refusal | Unreachable>;
}

/** Who led where: the graph of the first pages, and what is known of the one that somebody points to. */
export function GraphPanel({ id, pages, total, onAsk }: GraphPanelProps) {
  const graph = useMemo(() => layOutGraph(pages), [pages]);
  const [current, setCurrent] = useState(0);
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const known = useLinks(id, pages);
  const { page } = graph.nodes[current] ?? {};
  if (page === undefined) return null;

  const ask = async (index: number) => {
    const url = graph.nodes[index]?.page.url;
    if (url === undefined) return;
    setCurrent(index);
    setAsked({ url, answer: undefined });
    const answer = await onAsk(url);
    // Of two that were asked for, the later one counts.
    setAsked((now) => (now?.url === url ? { url, answer } : now));
  };
  const press = (index: number, key: string) => {
    if (key === "Enter" || key === " ") void ask(index);
    return key === "Enter" || key === " " ? index : nodeByKey(graph.nodes, index, key);
  };
  return (
    <section class="panel" aria-labelledby="graph-heading">
      <h2 id="graph-heading" class="caption">
        How pages were found
      </h2>
      <p class="muted">
        {pages.length < total
          ? `The first ${pages.length.toLocaleString("en")} of ${total.toLocaleString("en")} pages. `
          : ""}
        A line is the link that led to a page first; each circle is a link further from the start. Arrow keys
        go from page to page, Enter asks why one is there.
      </p>
      <LinkGraph
        graph={graph}
        links={known.links}
        current={current}
        onPoint={setCurrent}
        onPick={(index) => void ask(index)}
        onPress={press}
      />
      <p class="graph-facts">
        <span class={`outcome ${page.status < 400 ? "good" : "bad"}`}>{page.status}</span>
        <span>{`depth ${page.depth}`}</span>
        <span class="url">{page.url}</span>
        {known.links.length > 0 && <LinkWords links={known.links} current={current} />}
      </p>
      {asked?.url === page.url && <WhyWords answer={asked.answer} />}
      {known.isOld && (
        <button type="button" disabled={known.isReading} onClick={known.read}>
          {known.isReading ? "Reading the links …" : "Show all links of a page"}
        </button>
      )}
      <Complaint failure={known.failure} isRead />
      <GraphTable pages={pages} />
    </section>
  );
}

/** How many of the pages that are drawn one links to, and how many link to it. */
function LinkWords({ links, current }: { readonly links: readonly Link[]; readonly current: number }) {
  const to = links.filter((link) => link.from === current).length;
  const from = links.filter((link) => link.to === current).length;
  return (
    <>
      <span class="sample out">{`links to ${to} of these`}</span>
      <span class="sample in">{`linked from ${from}`}</span>
    </>
  );
}

/** The page that somebody asked about, and what came of it so far. */
interface Asked {
  readonly url: string;
  readonly answer: Why | Refusal | Unreachable | undefined;
}
