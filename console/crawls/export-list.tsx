import { useEffect, useRef, useState } from "hono/jsx/dom";
import { Complaint } from "../complaint.tsx";
import type { Refusal, Unreachable } from "../exchange.ts";
import { type Export, EXPORTS, fetchFile, save } from "./download.ts";

/** What a crawl has found, as files, one at a time. */
export function ExportList({ id }: { readonly id: string }) {
  const [busy, setBusy] = useState<Export | undefined>(undefined);
  const [failure, setFailure] = useState<Refusal | Unreachable | undefined>(undefined);
  const current = useRef(new AbortController());
  useEffect(() => () => current.current?.abort(), []);
  const download = async (one: Export) => {
    const { signal } = (current.current = new AbortController());
    setFailure(undefined);
    setBusy(one);
    try {
      const file = await fetchFile(id, one, signal);
      if (file instanceof Blob) save(file, `${id}-${one.ending}`);
      else setFailure(file);
    } catch (error) {
      // We aborted it ourselves.
      if (!signal.aborted) throw error;
    }
    setBusy(undefined);
  };
  return (
    <section class="panel" aria-labelledby="exports-heading">
      <h2 id="exports-heading" class="caption">
        Download what it has found
      </h2>
      <p class="exports">
        {EXPORTS.map((one) => (
          <button
            key={one.words}
            type="button"
            disabled={busy !== undefined && busy !== one}
            onClick={() => (busy === one ? current.current?.abort() : void download(one))}
          >
            {busy === one ? `Stop ${one.words}` : one.words}
          </button>
        ))}
      </p>
      <Complaint failure={failure} isRead />
    </section>
  );
}
