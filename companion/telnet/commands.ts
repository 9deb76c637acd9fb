/** What somebody typed. */
export type Command =
  | { readonly t: "nothing" }
  | { readonly t: "say"; readonly text: string }
  | { readonly t: "nick"; readonly name: string }
  | { readonly t: "who" }
  | { readonly t: "history"; readonly count: number }
  | { readonly t: "join"; readonly room: string }
  | { readonly t: "help" }
  | { readonly t: "quit" }
  /** A command that lacks what it is about, or has something odd there. */
  | { readonly t: "misused"; readonly command: keyof typeof USAGE }
  | { readonly t: "unknown"; readonly command: string };

/** How commands are to be used, where there is something to get wrong. */
export const USAGE = {
  nick: "/nick name",
  me: "/me text",
  history: "/history [1-100]",
  join: "/join room",
} as const;

const HISTORY_COUNT = 20;
const ROOM = /^[a-z0-9_-]{1,64}$/;

/** Reads a line: a command behind `/`; behind `//`, text that begins with `/`. */
export function readCommand(line: string): Command {
  const text = line.trim();
  if (text === "") return { t: "nothing" };
  if (!text.startsWith("/")) return { t: "say", text: line };
  if (text.startsWith("//")) return { t: "say", text: text.slice(1) };
  const [, command = "", rest = ""] = /^\/(\S*)\s*(.*)$/s.exec(text) ?? [];
  switch (command.toLowerCase()) {
    case "nick":
      return rest === "" ? { t: "misused", command: "nick" } : { t: "nick", name: rest };
    case "me":
      return rest === "" ? { t: "misused", command: "me" } : { t: "say", text: `*${rest}*` };
    case "who":
      return { t: "who" };
    case "history": {
      const count = rest === "" ? HISTORY_COUNT : Number(rest);
      const isCount = Number.isInteger(count) && count >= 1 && count <= 100;
      return isCount ? { t: "history", count } : { t: "misused", command: "history" };
    }
    case "join":
      return ROOM.test(rest) ? { t: "join", room: rest } : { t: "misused", command: "join" };
    case "help":
      return { t: "help" };
    case "quit":
      return { t: "quit" };
    default:
      return { t: "unknown", command };
  }
}
