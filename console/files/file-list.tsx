import { hashOfFile } from "../deep-link.ts";
import { formatBytes, formatMoment } from "../format.ts";
import type { Files } from "./answers.ts";

interface FileListProps {
  readonly prefix: string;
  /** `undefined` until they are known. */
  readonly files: Files | undefined;
  /** The key of the one that is open. */
  readonly current: string | undefined;
  readonly onFind: (prefix: string) => void;
  readonly onMore: () => void;
}

/** Files in the order of their keys, each a link to itself. */
export function FileList({ prefix, files, current, onFind, onMore }: FileListProps) {
  const submit = (event: Event) => {
    event.preventDefault();
    const { elements } = event.currentTarget as HTMLFormElement;
    onFind((elements.namedItem("prefix") as HTMLInputElement).value);
  };
  return (
    <section class="panel" aria-labelledby="files-heading">
      <h2 id="files-heading" class="caption">
        Files
      </h2>
      <form class="why-form" role="search" onSubmit={submit}>
        <input
          name="prefix"
          value={prefix}
          aria-label="Keys that begin with"
          placeholder="Keys that begin with …"
          maxlength={1024}
          autocomplete="off"
          spellcheck={false}
        />
        <button type="submit">Show</button>
      </form>
      {files?.items.length === 0 && (
        <p class="muted" role="status">
          {prefix === "" ? "None yet. Download or upload one." : `No key begins with ${prefix}`}
        </p>
      )}
      <ul class="file-list">
        {files?.items.map(({ key, size, uploadedAt }) => (
          <li key={key}>
            <a href={hashOfFile(key)} aria-current={key === current ? "true" : undefined}>
              <b>{key}</b>
              <span class="muted">{formatBytes(size)}</span>
              <time class="muted" datetime={uploadedAt}>
                {formatMoment(uploadedAt)}
              </time>
            </a>
          </li>
        ))}
      </ul>
      {files?.cursor !== undefined && (
        <button type="button" onClick={onMore}>
          More
        </button>
      )}
    </section>
  );
}
