import { useSyncExternalStore } from "hono/jsx/dom";
import { isAnswer } from "../exchange.ts";
import { FailureCard } from "../failure-card.tsx";
import { valueOf } from "../latest.ts";
import { needsToken } from "../token.ts";
import { DownloadForm } from "./download-form.tsx";
import { DownloadList } from "./download-list.tsx";
import { FileCard } from "./file-card.tsx";
import { FileList } from "./file-list.tsx";
import type { Shelf } from "./shelf.ts";
import { UploadForm } from "./upload-form.tsx";

interface FilesViewProps {
  readonly shelf: Shelf;
  /** Of the file that the address names. */
  readonly fileKey: string | undefined;
}

/** Files: what there is, one of them with its content, and places to bring others in. What was seen last stays. */
export function FilesView({ shelf, fileKey }: FilesViewProps) {
  const { prefix, files, failure } = useSyncExternalStore(shelf.listing.subscribe, shelf.listing.get);
  const open = useSyncExternalStore(shelf.file.subscribe, shelf.file.get);
  const downloads = valueOf(useSyncExternalStore(shelf.downloads.subscribe, shelf.downloads.get));
  // Of another key, it is not what is to be seen.
  const shown = open.kind === "loaded" && open.key === fileKey ? open.value : undefined;
  // One field for a token is enough.
  const isShut = failure?.kind === "refused" && needsToken(failure.exchange.status, failure.problem);
  return (
    <div class={fileKey === undefined ? "tasks" : "tasks open"}>
      <div class="column">
        <DownloadForm onDownload={shelf.download} />
        {downloads !== undefined && <DownloadList downloads={downloads} />}
        <UploadForm onUpload={shelf.upload} />
      </div>
      <div class="column">
        {failure !== undefined && <FailureCard failure={failure} onRetry={shelf.refresh} />}
        {shown !== undefined && isAnswer(shown) && (
          <FileCard key={shown.key} file={shown} onRemove={shelf.remove} />
        )}
        {shown !== undefined && !isAnswer(shown) && !isShut && (
          <FailureCard failure={shown} onRetry={shelf.refresh} />
        )}
        {fileKey !== undefined && open.kind === "loading" && <p class="muted">Reading the file …</p>}
        <FileList prefix={prefix} files={files} current={fileKey} onFind={shelf.find} onMore={shelf.more} />
      </div>
    </div>
  );
}
