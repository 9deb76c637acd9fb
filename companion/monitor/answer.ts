import type { Entry, Registry } from "../registry.ts";
import type { Load } from "./load.ts";
import { tableOf } from "./table.ts";

/** What the monitor looks at, and may do. */
export interface Watched {
  readonly registry: Registry;
  readonly load: Load;
  /** By the registry's clock. */
  readonly now: () => number;
  /** Tells the process to finish and end. */
  readonly drain: () => void;
}

const HELP = [
  "ps           what is open or runs",
  "conns        connections only",
  "where <id>   where it was made, and what it belongs to",
  "cancel <id>  ends it",
  "lag          how late callbacks come, and how busy the event loop is",
  "mem          memory",
  "drain        finish what runs, and end the process",
  "quit         leave the monitor",
  "An empty line repeats the last one.",
];

/** Answers a command, in lines; `quit` ends the talk. Nothing that is typed is evaluated. */
export function answer(line: string, watched: Watched): readonly string[] | "quit" {
  const [command = "", argument = ""] = line.trim().split(/\s+/);
  const { registry, load, now, drain } = watched;
  switch (command) {
    case "":
      return [];
    case "help":
      return HELP;
    case "ps":
      return tableOf([...registry.entries()], now());
    case "conns":
      return tableOf(
        [...registry.entries()].filter(({ peer }) => peer !== undefined),
        now(),
      );
    case "where":
      return withEntry(registry, argument, (entry) => [...entry.stack, ...parentsOf(entry)]);
    case "cancel":
      return withEntry(registry, argument, cancel);
    case "lag":
      return [load.lag()];
    case "mem":
      return [load.memory()];
    case "drain":
      drain();
      return ["Draining."];
    case "quit":
      return "quit";
    default:
      return [`There is no ${JSON.stringify(command)}; help says what there is.`];
  }
}

function withEntry(
  registry: Registry,
  argument: string,
  use: (entry: Entry) => readonly string[],
): readonly string[] {
  const entry = registry.find(Number(argument));
  return entry === undefined
    ? [`Expected the id of something in ps, got ${JSON.stringify(argument)}`]
    : use(entry);
}

function parentsOf({ parent }: Entry): readonly string[] {
  if (parent === undefined) return [];
  return [`below ${parent.id} ${parent.kind} ${parent.name}`, ...parentsOf(parent)];
}

function cancel({ id, cancel: end }: Entry): readonly string[] {
  if (end === undefined) return [`${id} ends with what it belongs to only`];
  end(new Error("Cancelled from the monitor"));
  return [`Cancelled ${id}.`];
}
