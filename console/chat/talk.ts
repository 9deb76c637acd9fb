import type { ChatEvent, ClientState } from "../../src/chat/client.ts";
import type { Member, Message } from "../../src/chat/wire.ts";

/** A line of what is said, or of what is not there. */
export type Line =
  | { readonly kind: "message"; readonly message: Message }
  /** On its way: ours, and not yet stored. `failed` says why it will not be. */
  | {
      readonly kind: "unsent";
      readonly key: number | string;
      readonly text: string;
      readonly failed?: string;
    }
  /** These did not come, and may be asked for. */
  | { readonly kind: "gap"; readonly from: number; readonly to: number };

/** What is known of a room by somebody who is in it. */
export interface Talk {
  readonly room: string;
  readonly name: string;
  readonly uid: string | undefined;
  readonly state: ClientState;
  readonly lines: readonly Line[];
  /** Whether there is more before the first line. */
  readonly hasEarlier: boolean;
  readonly members: readonly Member[];
  readonly count: number;
  /** Who types, by uid. */
  readonly typing: readonly string[];
  /** What went wrong last, in words. */
  readonly complaint: string | undefined;
  /** Whether that was that a token has to be shown, or another one. */
  readonly needsToken: boolean;
}

/** The code of that complaint. */
export const NO_TOKEN = "no-token";

/** How it begins. */
export function beginTalk(room: string, name: string): Talk {
  return {
    room,
    name,
    uid: undefined,
    state: { name: "connecting" },
    lines: [],
    hasEarlier: false,
    members: [],
    count: 0,
    typing: [],
    complaint: undefined,
    needsToken: false,
  };
}

/** The talk after something happened. */
export function advanceTalk(talk: Talk, event: ChatEvent): Talk {
  switch (event.type) {
    case "state":
      return { ...talk, state: event.state, typing: event.state.name === "live" ? talk.typing : [] };
    case "welcome": {
      const { uid, name, members, count } = event.welcome;
      return { ...talk, uid, name, members: byName(members), count, complaint: undefined, needsToken: false };
    }
    case "message":
      return {
        ...talk,
        lines: inPlace(talk.lines, event.message),
        typing: talk.typing.filter((uid) => uid !== event.message.uid),
      };
    case "gap":
      return { ...talk, lines: [...talk.lines, { kind: "gap", from: event.from, to: event.to }] };
    case "presence": {
      const members = byName(Array.from(event.members.values()));
      const isHere = new Set(members.map(({ uid }) => uid));
      return { ...talk, members, count: event.count, typing: talk.typing.filter((uid) => isHere.has(uid)) };
    }
    case "typing": {
      const others = talk.typing.filter((uid) => uid !== event.uid);
      return { ...talk, typing: event.on && event.uid !== talk.uid ? [...others, event.uid] : others };
    }
    case "complaint":
      return { ...talk, complaint: event.message, needsToken: event.code === NO_TOKEN };
    case "reset":
      return { ...talk, lines: talk.lines.filter(({ kind }) => kind === "unsent") };
    case "failed": {
      const { id, text, error } = event;
      const isKnown = talk.lines.some(
        (line) => line.kind === "unsent" && line.failed === undefined && line.text === text,
      );
      // Whoever said it is told by the promise; but for what an earlier page had yet to send there is none.
      if (isKnown) return talk;
      const line = { kind: "unsent", key: id, text, failed: error.message } as const;
      return { ...talk, lines: [...talk.lines, line] };
    }
    case "sent":
    case "odd":
      return talk; // the promise tells; what is not understood is not shown
  }
}

/** The talk with messages of the log before all that is there. */
export function withEarlier(talk: Talk, items: readonly Message[], more: boolean): Talk {
  const known = new Set(talk.lines.map((line) => (line.kind === "message" ? line.message.seq : 0)));
  const earlier = items
    .filter(({ seq }) => !known.has(seq))
    .map((message) => ({ kind: "message", message }) as const);
  return { ...talk, lines: [...earlier, ...talk.lines], hasEarlier: more };
}

/** The number of the first message that is there. */
export function firstSeq({ lines }: Talk): number | undefined {
  return lines.find((line) => line.kind === "message")?.message.seq;
}

/** What is stored stands in its order, and before what is not. */
function inPlace(lines: readonly Line[], message: Message): readonly Line[] {
  const stored = lines.filter(({ kind }) => kind !== "unsent");
  const unsent = lines.filter(({ kind }) => kind === "unsent");
  return [...stored, { kind: "message", message }, ...unsent];
}

function byName(members: readonly Member[]): readonly Member[] {
  return members.toSorted((a, b) => a.name.localeCompare(b.name));
}
