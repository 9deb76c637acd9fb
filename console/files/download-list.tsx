import { Complaint } from "../complaint.tsx";
import { isAnswer, type Refusal, type Unreachable } from "../exchange.ts";
import { TONES } from "../tasks/state-words.ts";
import type { Download } from "./answers.ts";

interface DownloadListProps {
  readonly downloads: { readonly items: readonly Download[] } | Refusal | Unreachable;
}

/** The newest downloads and how far they are, each a link to its task, where it can be cancelled. */
export function DownloadList({ downloads }: DownloadListProps) {
  if (isAnswer(downloads) && downloads.items.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="downloads-heading">
      <h2 id="downloads-heading" class="caption">
        The newest downloads
      </h2>
      {isAnswer(downloads) ? (
        <ul class="ruled-list download-list">
          {downloads.items.map((download) => (
            <li key={download.id}>
              <a href={`#tasks/${download.id}`}>{download.key ?? download.url}</a>
              <span class={`chip ${TONES[download.state]}`}>{download.state}</span>
              <Progress download={download} />
            </li>
          ))}
        </ul>
      ) : (
        <Complaint failure={downloads} />
      )}
    </section>
  );
}

function Progress({ download: { state, progress, error } }: { readonly download: Download }) {
  if (state === "running" && progress !== undefined) {
    return (
      <span class="task-note">
        <progress max={1} value={progress.fraction} aria-label="How far it is" /> {progress.note}
      </span>
    );
  }
  return error === undefined ? null : <span class="task-note muted">{error.message}</span>;
}
