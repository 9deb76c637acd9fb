import { useState } from "hono/jsx/dom";
import { Complaint } from "../complaint.tsx";
import type { Refusal, Unreachable } from "../exchange.ts";
import type { Shelf } from "./shelf.ts";

/** Has a file fetched from elsewhere: from where, and where to keep it. */
export function DownloadForm({ onDownload }: { readonly onDownload: Shelf["download"] }) {
  const [failure, setFailure] = useState<Refusal | Unreachable | undefined>(undefined);
  const submit = async (event: Event) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const valueOf = (name: string) => (form.elements.namedItem(name) as HTMLInputElement).value.trim();
    setFailure(undefined);
    const complaint = await onDownload(valueOf("url"), valueOf("key"));
    if (complaint === undefined) form.reset();
    setFailure(complaint);
  };
  return (
    <section class="panel" aria-labelledby="download-heading">
      <h2 id="download-heading">Download from a URL</h2>
      <form class="stacked-form" onSubmit={(event: Event) => void submit(event)}>
        <label for="url">URL</label>
        <input
          id="url"
          name="url"
          type="url"
          required
          placeholder="https://example.com/a.pdf"
          autocomplete="url"
          spellcheck={false}
        />
        <label for="download-key">Key (made up if there is none)</label>
        <input id="download-key" name="key" maxlength={1024} autocomplete="off" spellcheck={false} />
        <Complaint failure={failure} />
        <button type="submit" class="main">
          Download
        </button>
      </form>
    </section>
  );
}
