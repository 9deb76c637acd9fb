import { useLayoutEffect, useRef, useState, useSyncExternalStore } from "hono/jsx/dom";
import { Complaint } from "../complaint.tsx";
import type { Refusal, Unreachable } from "../exchange.ts";
import { formatBytes, formatMoment } from "../format.ts";
import { getToken, subscribeToToken } from "../token.ts";
import { type OpenFile, pathOf } from "./answers.ts";
import type { Preview } from "./preview.ts";
import { saveFile } from "./save.ts";
import type { Shelf } from "./shelf.ts";

interface FileCardProps {
  readonly file: OpenFile;
  readonly onRemove: Shelf["remove"];
}

/** One file: what is known of it, what is in it as far as it can be shown, and what can be done about it. */
export function FileCard({ file, onRemove }: FileCardProps) {
  const { key, size, type, modified, preview } = file;
  const card = useRef<HTMLElement>(null);
  // Where there is one column, it comes before the list that it was picked from.
  useLayoutEffect(() => {
    card.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <article ref={card} class="panel task" aria-labelledby="file-heading">
      <header>
        <h2 id="file-heading">{key}</h2>
        <Save name={key} />
        <a class="close" href="#files">
          Close
        </a>
      </header>
      <p class="muted facts">
        <span>{formatBytes(size)}</span>
        {type !== undefined && <span>{type}</span>}
        {modified !== undefined && <span>{formatMoment(modified)}</span>}
      </p>
      <Content name={key} preview={preview} />
      <Removal file={file} onRemove={onRemove} />
    </article>
  );
}

/** A link where it will do; where a token is needed, a button. */
function Save({ name }: { readonly name: string }) {
  const hasToken = useSyncExternalStore(subscribeToToken, () => getToken() !== undefined);
  const [isUnderWay, setUnderWay] = useState(false);
  const [complaint, setComplaint] = useState<Refusal | Unreachable | undefined>(undefined);
  const save = async () => {
    setUnderWay(true);
    setComplaint(await saveFile(name));
    setUnderWay(false);
  };
  if (!hasToken) {
    return (
      <a class="button" href={pathOf(name)} download>
        Save
      </a>
    );
  }
  return (
    <>
      <button type="button" disabled={isUnderWay} onClick={() => void save()}>
        {isUnderWay ? "Saving …" : "Save"}
      </button>
      <Complaint failure={complaint} />
    </>
  );
}

/** Foreign content: a text node, or an image that is drawn and nothing else. */
function Content({ name, preview }: { readonly name: string; readonly preview: Preview }) {
  const [isBroken, setBroken] = useState(false);
  if (preview.kind === "none") return <p class="muted">{preview.why}</p>;
  if (preview.kind === "image") {
    return isBroken ? (
      <p class="muted">It says that it is an image, and is none.</p>
    ) : (
      <img class="preview" src={preview.url} alt={name} onError={() => setBroken(true)} />
    );
  }
  return (
    <div class="raw">
      <pre tabindex={0} aria-label="Content">
        {preview.text}
      </pre>
      {!preview.isWhole && <p class="muted">This is its beginning.</p>}
    </div>
  );
}

/** Deletes in two steps. */
function Removal({ file, onRemove }: FileCardProps) {
  const [step, setStep] = useState<"idle" | "asked" | "under-way">("idle");
  const [complaint, setComplaint] = useState<Refusal | Unreachable | undefined>(undefined);
  const first = useRef<HTMLButtonElement>(null);
  const keep = useRef<HTMLButtonElement>(null);
  const before = useRef(step);
  useLayoutEffect(() => {
    // The button that was pressed went away, and with it the place of whoever uses the keyboard.
    if (before.current !== step) (step === "asked" ? keep : first).current?.focus();
    before.current = step;
  }, [step]);
  const remove = async () => {
    setStep("under-way");
    const failure = await onRemove(file);
    if (failure === undefined) {
      // All of this goes away, and with it the place of whoever uses the keyboard.
      document.getElementsByName("prefix")[0]?.focus();
      location.hash = "files";
      return;
    }
    setComplaint(failure);
    setStep("idle");
  };
  return (
    <div class="removal">
      <Complaint failure={complaint} />
      {step === "asked" ? (
        <p class="buttons" role="group" aria-label="Delete this file for good?">
          <span>Delete this file for good?</span>
          <button type="button" class="danger" onClick={() => void remove()}>
            Delete it
          </button>
          <button type="button" ref={keep} onClick={() => setStep("idle")}>
            Keep it
          </button>
        </p>
      ) : (
        <button type="button" ref={first} disabled={step === "under-way"} onClick={() => setStep("asked")}>
          Delete …
        </button>
      )}
    </div>
  );
}
