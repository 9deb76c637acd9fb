import { COMMANDS, type Watched } from "./commands.ts";
import { refusal, type Reply } from "./reply.ts";

const JSON_FLAG = "--json";

/**
 * Answers a command, in lines; `quit` ends the talk. With `--json` behind it, or where programs read, the answer is one
 * line. Nothing that is typed is evaluated.
 */
export function answer(line: string, watched: Watched, isJson: boolean): readonly string[] | "quit" {
  const words = line.trim().split(/\s+/);
  const [name = "", argument = ""] = words.filter((word) => word !== JSON_FLAG);
  if (name === "") return [];
  if (name === "quit") return "quit";
  const { lines, value } = replyTo(name, argument, watched);
  return isJson || words.includes(JSON_FLAG) ? [JSON.stringify(value)] : lines;
}

function replyTo(name: string, argument: string, watched: Watched): Reply {
  if (name === "help") return help();
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return command === undefined
    ? refusal(`There is no ${JSON.stringify(name)}; help says what there is.`)
    : command.run(watched, argument);
}

function help(): Reply {
  const commands = [
    ...Object.entries(COMMANDS).map(([name, { takes, does }]) => ({
      usage: takes === undefined ? name : `${name} ${takes}`,
      does,
    })),
    { usage: "quit", does: "leave the monitor" },
  ];
  return {
    lines: [
      ...commands.map(({ usage, does }) => `${usage.padEnd(12)} ${does}`),
      `With ${JSON_FLAG} behind it, each answers in a line of JSON. An empty line repeats the last one.`,
    ],
    value: commands,
  };
}
