import type { Messages } from "./messages.ts";

/** English. */
export const ENGLISH: Messages = {
  askName: "Your nickname: ",
  welcome: (name, count) => `Welcome ${name}! ${count === 1 ? "1 user is" : `${count} users are`} here.`,
  joined: (name) => `${name} has joined the chat!`,
  left: (name) => `${name} has left the chat.`,
  renamed: (from, to) => `${from} is now ${to}.`,
  youAre: (name) => `You are now ${name}.`,
  who: (names, count) => `${count} here: ${names.join(", ")}${count > names.length ? ", …" : ""}`,
  nothingSaid: "Nothing has been said here yet.",
  help: [
    "/nick name        take another name",
    "/who              who is here",
    "/me text          say what you do",
    "/history [1-100]  what was said last",
    "/join room        go to another room",
    "/quit             leave",
    "//text            say /text",
  ],
  unknown: (command) => `There is no /${command}; /help says what there is.`,
  usage: (usage) => `It goes like this: ${usage}`,
  tooLong: (bytes) => `That line is too long: ${bytes} bytes at most.`,
  refusals: {
    "name-taken": "Somebody here has that name, or one that looks like it.",
    "bad-name": "That name cannot be used.",
    "bad-text": "That cannot be said here.",
    "room-full": "The room is full.",
    "outbox-full": "Too much waits to be sent; that was not.",
    uncertain: "It may have been sent, or not: the answer never came.",
    ended: "Not sent.",
  },
  missing: (count) => `(${count} messages are missing here; /history may have them)`,
  lost: "(The room is out of reach; trying again…)",
  barred:
    "The chat does not let this service in: its token is not accepted. Whoever runs it has to mend that.",
  closedRoom: (room) => `The room ${room} is closed to this service.`,
  sentAway: "(The room has sent you away)",
  back: (count) => `(Back in the room: ${count} here)`,
  skipped: (count) => `(Your terminal was too slow: ${count} lines skipped)`,
  closing: "(This service is closing)",
  bye: "Bye!",
};
