import { useRef, useSyncExternalStore } from "hono/jsx/dom";
import { TokenForm } from "../token-form.tsx";
import { withCode } from "../with-code.tsx";
import { EnterForm } from "./enter-form.tsx";
import { MessageList } from "./message-list.tsx";
import { SayForm } from "./say-form.tsx";
import { describeState } from "./state-words.ts";
import type { Talker } from "./talker.ts";

interface ChatViewProps {
  readonly talker: Talker;
  /** The room that the address names. */
  readonly room: string;
}

/** A room: what is said, who is there, and a place to say something. */
export function ChatView({ talker, room }: ChatViewProps) {
  const talk = useSyncExternalStore(talker.subscribe, talker.get);
  const wasIn = useRef(false);
  if (talk === undefined) {
    return <EnterForm room={room} isBack={wasIn.current} onEnter={talker.enter} />;
  }
  wasIn.current = true;
  const { members, count, state, typing, complaint, needsToken } = talk;
  const typists = members.filter(({ uid }) => typing.includes(uid)).map(({ name }) => name);
  return (
    <div class="chat">
      <section class="panel talk" aria-labelledby="talk-heading">
        <header>
          <h2 id="talk-heading">{talk.room}</h2>
          <span
            class={`chip ${state.name === "live" ? "good" : state.name === "ended" ? "bad" : "slow"}`}
            role="status"
          >
            {describeState(state)}
          </span>
          <button type="button" onClick={talker.leave}>
            Leave
          </button>
        </header>
        <MessageList talk={talk} onLookBack={talker.lookBack} />
        <p class="typing muted">{typists.length > 0 && `${typists.join(", ")} …`}</p>
        {complaint !== undefined && (
          <p class="note" role="alert">
            {withCode(complaint)}
          </p>
        )}
        {needsToken && <TokenForm onGiven={talker.hurry} />}
        <SayForm name={talk.name} isOver={state.name === "ended"} onSay={talker.say} onType={talker.type} />
      </section>
      <section class="panel" aria-labelledby="members-heading">
        <h2 id="members-heading" class="caption">
          {count === 1 ? "1 is here" : `${count} are here`}
        </h2>
        <ul class="members">
          {members.map(({ uid, name }) => (
            <li key={uid}>
              {name}
              {uid === talk.uid && <span class="muted"> (you)</span>}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
