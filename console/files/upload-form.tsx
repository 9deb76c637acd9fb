import { useRef, useState } from "hono/jsx/dom";
import { Complaint } from "../complaint.tsx";
import { hashOfFile } from "../deep-link.ts";
import type { Refusal, Unreachable } from "../exchange.ts";
import { formatBytes } from "../format.ts";
import type { Shelf } from "./shelf.ts";

/** Stores a file of this machine, where there is none of its key yet. */
export function UploadForm({ onUpload }: { readonly onUpload: Shelf["upload"] }) {
  const [failure, setFailure] = useState<Refusal | Unreachable | undefined>(undefined);
  const [size, setSize] = useState<number | undefined>(undefined);
  const upload = useRef<AbortController | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const file = (form.elements.namedItem("file") as HTMLInputElement).files?.[0];
    if (file === undefined || upload.current !== null) return;
    const key = (form.elements.namedItem("key") as HTMLInputElement).value.trim() || file.name;
    const controller = new AbortController();
    upload.current = controller;
    setFailure(undefined);
    setSize(file.size);
    try {
      const complaint = await onUpload(key, file, controller.signal);
      setFailure(complaint);
      if (complaint !== undefined) return;
      form.reset();
      location.hash = hashOfFile(key);
    } catch (error) {
      // It was stopped here, and leaves nothing behind.
      if (!controller.signal.aborted) throw error;
    } finally {
      upload.current = null;
      setSize(undefined);
    }
  };
  return (
    <section class="panel" aria-labelledby="upload-heading">
      <h2 id="upload-heading">Upload a file</h2>
      <form class="stacked-form" onSubmit={(event: Event) => void submit(event)}>
        <label for="file">File</label>
        <input id="file" name="file" type="file" required />
        <label for="upload-key">Key (the file’s name if there is none)</label>
        <input id="upload-key" name="key" maxlength={1024} autocomplete="off" spellcheck={false} />
        <Complaint failure={failure} />
        <p class="buttons">
          <button type="submit" class="main" disabled={size !== undefined}>
            Upload
          </button>
          {size !== undefined && (
            <button type="button" onClick={() => upload.current?.abort()}>
              Stop
            </button>
          )}
        </p>
        {size !== undefined && (
          <p role="status">
            <progress aria-label="Under way" /> {formatBytes(size)}
          </p>
        )}
      </form>
    </section>
  );
}
