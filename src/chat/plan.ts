import { suggest } from "../http/nearest.ts";
import { ROOM_NAME } from "./requests.ts";
import {
  DEFAULT_SETTINGS,
  DEFAULT_SPLIT,
  type FloodRate,
  type FloodSettings,
  type RoomSettings,
} from "./settings.ts";

/** What a configuration says of rooms; what it does not say is as in `DEFAULT_SETTINGS`. */
export interface RoomsConfig {
  readonly retention?: Partial<RoomSettings["retention"]>;
  readonly limits?: Partial<RoomSettings["limits"]>;
  /** `off` where everyone who may call is trusted. */
  readonly flood?:
    | "off"
    | (Partial<Omit<FloodSettings, "connection" | "address">> & {
        readonly connection?: Partial<FloodRate>;
        readonly address?: Partial<FloodRate>;
      });
  readonly window?: Partial<RoomSettings["window"]>;
  /** `off` keeps every room in one object. */
  readonly split?: "off" | Partial<Exclude<RoomSettings["split"], "off">>;
  readonly replay?: number;
  readonly dedupeMs?: number;
  readonly graceMs?: number;
  /** The names of the tokens that may enter a room; a room that is not here is open to every token with the scope. */
  readonly members?: Readonly<Record<string, readonly string[]>>;
}

/** The rooms of a configuration, checked. */
export interface PlannedRooms {
  readonly settings: RoomSettings;
  readonly members: Readonly<Record<string, readonly string[]>>;
}

/** Sockets that one object carries. */
const MOST_SOCKETS = 32_768;

const CAN_BE_OFF: ReadonlySet<string> = new Set(["flood", "split"]);

/** What a client's outbox relies on: for so long it may say again what was not answered. */
const LEAST: Readonly<Record<string, number>> = { dedupeMs: DEFAULT_SETTINGS.dedupeMs };

/** A message takes up to twice its bytes as JSON, and a client should be able to owe more than one. */
const MESSAGES_IN_WINDOW = 4;

/**
 * What the platform carries in one object, what a message may be in its database, and what of the log can be held in
 * memory.
 */
const MOST: Readonly<Record<string, number>> = {
  replay: 10_000,
  "window.messages": 10_000,
  "split.sockets": MOST_SOCKETS,
  "split.relaySockets": MOST_SOCKETS,
  "limits.textBytes": 65_536,
  "limits.frameBytes": 262_144,
};

/**
 * Checks what a configuration says of rooms, and fills in what it leaves out.
 *
 * @param report Is told every fault: the place, the rule, the value.
 */
export function planRooms(config: RoomsConfig, report: (fault: string) => void): PlannedRooms {
  if (!isObject(config)) {
    report(`rooms: expected an object, got ${JSON.stringify(config)}`);
    return { settings: DEFAULT_SETTINGS, members: {} };
  }
  const { members = {}, ...given } = config;
  const isSplit = given.split !== undefined && given.split !== "off";
  const defaults = isSplit ? { ...DEFAULT_SETTINGS, split: DEFAULT_SPLIT } : DEFAULT_SETTINGS;
  const settings: RoomSettings = fill(defaults, given, "", (fault) => report(`rooms: ${fault}`));
  const { limits } = settings;
  if (limits.frameBytes < limits.textBytes) {
    report(
      `rooms: expected \`limits.frameBytes\` to be at least \`limits.textBytes\`, got ${limits.frameBytes} and ${limits.textBytes}`,
    );
  }
  if (settings.split === "off" && limits.sockets > MOST_SOCKETS) {
    report(
      `rooms: expected \`limits.sockets\` to be at most ${MOST_SOCKETS} where \`split\` is off, got ${limits.sockets}`,
    );
  }
  if (settings.window.bytes < MESSAGES_IN_WINDOW * limits.textBytes) {
    report(
      `rooms: expected \`window.bytes\` to be at least ${MESSAGES_IN_WINDOW} times \`limits.textBytes\`, got ${settings.window.bytes} and ${limits.textBytes}`,
    );
  }
  if (!isObject(members)) {
    report(`rooms: expected \`members\` to be an object, got ${JSON.stringify(members)}`);
    return { settings, members: {} };
  }
  for (const [room, names] of Object.entries(members)) {
    // A text has parts, and each would pass for a name in it.
    if (!isListOfNames(names)) {
      report(
        `rooms: expected \`members.${room}\` to be a list of names of tokens, got ${JSON.stringify(names)}`,
      );
    }
    if (!ROOM_NAME.test(room)) {
      report(`rooms: expected \`members\` to name rooms of 1 to 64 of a-z, 0-9, - and _, got \`${room}\``);
    }
  }
  return { settings, members };
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOfNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === "string" && name !== "");
}

/** The defaults with what is given in their place; every number a whole one above 0. */
function fill<T extends object>(
  defaults: T,
  given: object,
  place: string,
  report: (fault: string) => void,
): T {
  const known = Object.keys(defaults);
  const filled: Record<string, unknown> = Object.fromEntries(Object.entries(defaults));
  for (const [name, value] of Object.entries(given)) {
    const where = `${place}${name}`;
    const usual = filled[name];
    if (!known.includes(name)) report(`there is no \`${where}\`; ${suggest(name, known)}`);
    else if (value === undefined || (CAN_BE_OFF.has(where) && value === "off")) filled[name] = value ?? usual;
    else if (typeof usual === "object" && usual !== null && isObject(value)) {
      filled[name] = fill(usual, value, `${where}.`, report);
    } else if (typeof usual === "object")
      report(`expected \`${where}\` to be an object, got ${String(value)}`);
    else {
      const least = LEAST[where] ?? 1;
      const most = MOST[where] ?? Number.MAX_SAFE_INTEGER;
      const isFine = Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
      if (!isFine) {
        const isOpen = most === Number.MAX_SAFE_INTEGER;
        const rule = isOpen ? `an integer ≥ ${least}` : `an integer from ${least} to ${most}`;
        report(`expected \`${where}\` to be ${rule}, got ${JSON.stringify(value)}`);
      }
      filled[name] = value;
    }
  }
  // It has the members of `defaults`, each of its kind, or a fault was reported.
  return filled as T;
}
