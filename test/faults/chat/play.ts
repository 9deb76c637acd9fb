import { DEFAULT_SETTINGS, type RoomSettings } from "../../../src/chat/settings.ts";
import type { Dice } from "../../support/random.ts";
import { BrokenInvariant, type Play } from "../find-failure.ts";
import { createWorld, type World } from "../world.ts";
import { type Building, createBuilding } from "./building.ts";
import type { Broken } from "./broken.ts";
import { type ClientHost, createClientHost } from "./client-host.ts";
import { type DurableLog, openDurableLog } from "./durable-log.ts";
import { describeStep, MOST_CLIENTS, planOf, type Step, TROUBLE_MS } from "./plan.ts";
import { createRoomHost, type RoomHost } from "./room-host.ts";

/** Long enough for every fault to end and for silence to be noticed. */
const CALM_MS = TROUBLE_MS + 180_000;

/** When everything must have been put right, however many times somebody had to wait. */
const PEACE_MS = TROUBLE_MS + 600_000;
const LOOK_MS = 30_000;

/**
 * One room, a few clients, and everything that can go wrong between them. Whatever it is, no message that was confirmed
 * is lost, none is there twice, all clients read the same in the same order and are told of what they cannot read; and
 * when nothing goes wrong any more, everybody has read everything, and knows who is here.
 */
export const chatPlay = (broken?: Broken): Play<Step> => ({
  plan: planOf,
  describe: describeStep,
  run(seed, plan, isTold) {
    const world = createWorld(seed, isTold);
    try {
      playChat(world, plan, broken);
    } catch (error) {
      if (error instanceof BrokenInvariant) error.story = world.story;
      throw error;
    }
    return world.sights;
  },
});

function playChat(world: World, plan: readonly Step[], broken: Broken | undefined): void {
  const { dice } = world;
  const log = openDurableLog("epoch");
  const deployed: [RoomSettings, ...RoomSettings[]] = [settingsOf(dice)];
  const [{ flood }] = deployed;
  const settings = () => deployed.at(-1) ?? deployed[0];
  const commitMs = dice.pick([0, 5, 50]);
  const { room, building } = createBuilding(world, { settings, broken }, (callRelay) =>
    createRoomHost({ world, log, settings, commitMs, broken, callRelay }),
  );
  const latency = { leastMs: dice.pick([0, 10]), mostMs: dice.pick([10, 100, 1_500]) };
  const mostMissing = dice.pick([1_000, 40]);
  const clients = ["ann", "bea", "cyd", "dot"].slice(0, dice.between(2, MOST_CLIENTS)).map((label) => {
    const client = createClientHost({ world, label, room: building, log, latency, mostMissing, broken });
    world.after(dice.pick([0, 0, dice.between(0, 20_000)]), () => client.start());
    return client;
  });
  for (const [index, step] of plan.entries()) {
    const client = clients[step.client % clients.length];
    if (client === undefined) continue;
    world.after(step.atMs, () => {
      world.tell(() => `— ${describeStep(step)}`);
      // What was said before is not stopped by what is deployed.
      const deploy = () => void deployed.push({ ...settingsOf(dice), flood });
      const mostSayings = flood === "off" ? Infinity : 20;
      doStep(step, { client, room, building, log, deploy, mostSayings }, index);
    });
  }
  let unrest: BrokenInvariant | undefined;
  for (let untilMs = CALM_MS; untilMs <= PEACE_MS; untilMs += LOOK_MS) {
    world.runUntil(untilMs);
    unrest = unrestOf(() => expectPeace(clients, room, log));
    if (unrest === undefined) break;
  }
  if (unrest !== undefined) throw unrest;
  expectBounds(clients, Math.max(...deployed.map(({ window }) => window.bytes)));
}

const WINDOWS: [Partial<RoomSettings["window"]>, ...Partial<RoomSettings["window"]>[]] = [
  {},
  { messages: 20 },
  { bytes: 20_000 },
  // What was let in by other settings may be larger.
  { bytes: 1_000 },
];

const SPLITS: [RoomSettings["split"], ...RoomSettings["split"][]] = [
  "off",
  { sockets: 1, relaySockets: 1 },
  { sockets: 1, relaySockets: 3 },
  { sockets: 2, relaySockets: 2 },
];

/** Small numbers, so that few messages reach every limit. */
function settingsOf(dice: Dice): RoomSettings {
  return {
    ...DEFAULT_SETTINGS,
    flood: dice.pick(["off", "off", DEFAULT_SETTINGS.flood]),
    window: { ...DEFAULT_SETTINGS.window, ...dice.pick(WINDOWS) },
    split: dice.pick(SPLITS),
    ...dice.pick([
      { replay: 5, socketsPerTurn: 1 },
      { replay: 50, socketsPerTurn: 2 },
      { replay: 300, socketsPerTurn: 128 },
    ]),
    retention: { ...DEFAULT_SETTINGS.retention, messages: dice.pick([100_000, 100_000, 60]) },
    limits: { ...DEFAULT_SETTINGS.limits, sockets: dice.pick([20_000, 20_000, MOST_CLIENTS]) },
  };
}

interface Stage {
  readonly client: ClientHost;
  readonly room: RoomHost;
  readonly building: Building;
  readonly log: DurableLog;
  /** Chooses what rooms go by that are put together from now on. */
  readonly deploy: () => void;
  /** A flood takes its time. */
  readonly mostSayings: number;
}

function doStep(
  { what }: Step,
  { client, room, building, log, deploy, mostSayings }: Stage,
  index: number,
): void {
  switch (what.do) {
    case "say":
      for (let count = 0; count < Math.min(what.count, mostSayings); count += 1) {
        client.say(`${client.label}-${index}-${count}`.padEnd(what.length, "."));
      }
      return;
    case "nick":
      return client.ask((id) => ({ t: "nick", id, name: `${client.label}-${index}` }));
    case "who":
      return client.ask((id) => ({ t: "who", id }));
    case "history":
      return client.ask((id) => ({ t: "history", id, limit: 100 }));
    case "type":
      return client.type(true);
    case "leave":
      return client.leave();
    case "vanish":
      return client.vanish();
    case "kick":
      return room.kick(client.core.uid ?? "");
    case "cut":
      return client.cut(what.clientHearsMs, what.roomHearsMs);
    case "isolate":
      return client.isolate(what.forMs);
    case "stall":
      return client.stall(what.forMs);
    case "nap":
      return client.nap(what.forMs);
    case "reload":
      return client.reload(what.keepsLog);
    case "kill":
      return what.atCommit ? room.killAtCommit(what.downMs) : room.kill(what.downMs);
    case "kill-relay":
      return building.killRelay(what.which, what.downMs, what.keepsSockets);
    case "deploy":
      deploy();
      return building.restart(what.downMs);
    case "skew":
      return building.skew(what.forMs);
    case "set-clock":
      return room.setClock(what.byMs);
    case "evict":
      return room.evict();
    case "fail":
      return what.what === "append" ? log.failOnce() : room.failSave();
  }
}

function unrestOf(expectation: () => void): BrokenInvariant | undefined {
  try {
    expectation();
    return undefined;
  } catch (error) {
    if (error instanceof BrokenInvariant) return error;
    throw error;
  }
}

/** Everything is as if nothing had been. */
function expectPeace(clients: readonly ClientHost[], room: RoomHost, log: DurableLog): void {
  const stored = new Map<string, number>();
  for (const { seq, text } of log.committed) {
    const before = stored.get(text);
    if (before !== undefined)
      throw new BrokenInvariant(`\`${text}\` is stored twice, as ${before} and ${seq}`);
    stored.set(text, seq);
  }
  const staying = clients.filter(({ isGone }) => !isGone);
  for (const { label, core, reader } of staying) {
    const { state } = core;
    if (state.name !== "live")
      throw new BrokenInvariant(`${label} is not back, but ${JSON.stringify(state)}`);
    if (reader.seq !== log.last())
      throw new BrokenInvariant(`${label} has read up to ${reader.seq} of ${log.last()}`);
    for (const [id, { text, seq }] of reader.said) {
      if (seq === undefined) throw new BrokenInvariant(`${label} never heard of ${id}, \`${text}\``);
    }
  }
  expectPresence(staying, room);
}

function expectPresence(clients: readonly ClientHost[], room: RoomHost): void {
  // A room that nobody is in may sleep through the end of somebody's grace, and does it when it wakes.
  if (clients.length === 0) return;
  const inOrder = (members: Iterable<{ readonly uid: string; readonly name: string }>) =>
    [...members].map(({ uid, name }) => `${name} (${uid})`).toSorted();
  const { members, count } = room.room.members();
  const present = inOrder(members).join(", ");
  const expected = inOrder(clients.map(({ core }) => ({ uid: core.uid ?? "", name: core.name }))).join(", ");
  if (present !== expected) throw new BrokenInvariant(`the room sees ${present}; there are ${expected}`);
  for (const { label, core } of clients) {
    const seen = inOrder(core.roster.members.values()).join(", ");
    if (seen !== present || core.roster.count !== count) {
      throw new BrokenInvariant(
        `${label} sees ${seen} (${core.roster.count}); there are ${present} (${count})`,
      );
    }
  }
}

/** A frame more than what may be owed in messages, and as much of everything else. */
function expectBounds(clients: readonly ClientHost[], windowBytes: number): void {
  const mostBytes = 3 * windowBytes + 3 * 64 * 1024 + 128 * 1024;
  for (const { label, mostUnread } of clients) {
    if (mostUnread > mostBytes) throw new BrokenInvariant(`${mostUnread} bytes were under way to ${label}`);
  }
}
