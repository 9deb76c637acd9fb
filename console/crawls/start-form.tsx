import { useState } from "hono/jsx/dom";
import { Complaint } from "../complaint.tsx";
import type { Refusal, Unreachable } from "../exchange.ts";

interface StartFormProps {
  readonly onStart: (body: object) => Promise<string | Refusal | Unreachable>;
}

/** Starts a crawl: from where, how many pages, and how far it may go. */
export function StartForm({ onStart }: StartFormProps) {
  const [failure, setFailure] = useState<Refusal | Unreachable | undefined>(undefined);
  const submit = async (event: Event) => {
    event.preventDefault();
    const { elements } = event.currentTarget as HTMLFormElement;
    const valueOf = (name: string) => (elements.namedItem(name) as HTMLInputElement).value.trim();
    setFailure(undefined);
    const answer = await onStart({
      startUrls: [valueOf("start")],
      maxPages: Number(valueOf("most")),
      scope: valueOf("scope"),
    });
    if (typeof answer === "string") location.hash = `crawls/${answer}`;
    else setFailure(answer);
  };
  return (
    <section class="panel" aria-labelledby="start-heading">
      <h2 id="start-heading">Start a crawl</h2>
      <form class="stacked-form" onSubmit={(event: Event) => void submit(event)}>
        <label for="start">Start URL</label>
        <input
          id="start"
          name="start"
          type="url"
          required
          placeholder="https://example.com/"
          autocomplete="url"
          spellcheck={false}
        />
        <label for="most">Pages at most</label>
        <input id="most" name="most" type="number" min={1} max={100_000} value={500} required />
        <label for="scope">It may go</label>
        <select id="scope" name="scope">
          <option value="host">where the host is the same</option>
          <option value="domain">where the domain is the same</option>
          <option value="prefix">below the start URL</option>
        </select>
        <Complaint failure={failure} />
        <button type="submit" class="main">
          Start
        </button>
      </form>
    </section>
  );
}
