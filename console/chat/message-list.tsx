import { useEffect, useRef } from "hono/jsx/dom";
import type { Line, Talk } from "./talk.ts";

interface MessageListProps {
  readonly talk: Talk;
  readonly onLookBack: () => void;
}

/** How near to the end counts as being there. */
const NEAR_PX = 80;

/** What is said. Whoever reads the end of it stays there as more comes; whoever has scrolled back is left alone. */
export function MessageList({ talk, onLookBack }: MessageListProps) {
  const list = useRef<HTMLDivElement>(null);
  const { lines, hasEarlier } = talk;
  const isAtEnd = useRef(true);
  useEffect(() => {
    const element = list.current;
    if (element !== null && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines]);
  const onScroll = (event: Event) => {
    const { scrollHeight, scrollTop, clientHeight } = event.currentTarget as HTMLElement;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  };
  const lookBack = () => {
    // The button goes when there is nothing more before, and would take the cursor with it.
    list.current?.focus();
    onLookBack();
  };
  return (
    <div class="messages" role="log" aria-label="Messages" tabindex={0} ref={list} onScroll={onScroll}>
      {hasEarlier && (
        <button type="button" class="link" onClick={lookBack}>
          What was said before
        </button>
      )}
      {lines.length === 0 && <p class="muted">Nothing has been said here yet.</p>}
      {lines.map((line) => (
        <LineOf key={keyOf(line)} line={line} own={talk.uid} name={talk.name} />
      ))}
    </div>
  );
}

function keyOf(line: Line): string {
  if (line.kind === "message") return `m${line.message.seq}`;
  return line.kind === "gap" ? `g${line.from}` : `u${line.key}`;
}

interface LineProps {
  readonly line: Line;
  readonly own: string | undefined;
  readonly name: string;
}

function LineOf({ line, own, name }: LineProps) {
  if (line.kind === "gap") {
    return <p class="muted">{`${line.to - line.from + 1} messages are not shown`}</p>;
  }
  if (line.kind === "unsent") {
    return (
      <p class="line unsent">
        <b>{name}</b> <span class="text">{line.text}</span>{" "}
        <span class={line.failed === undefined ? "muted" : "complaint"}>{line.failed ?? "sending…"}</span>
      </p>
    );
  }
  const { message } = line;
  const sent = new Date(message.ts);
  return (
    <p class={message.uid === own ? "line own" : "line"}>
      <b>{message.name}</b> <span class="text">{message.text}</span>{" "}
      <time class="muted" datetime={sent.toISOString()}>
        {sent.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}
      </time>
    </p>
  );
}
