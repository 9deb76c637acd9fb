import { type ChatCore, createCore } from "../../../src/chat/client/core.ts";
import type { Effect, SavedClient } from "../../../src/chat/client/effects.ts";
import { CLOSE, PING, PONG } from "../../../src/chat/wire.ts";
import { createLink, type Latency, type Link, LOST } from "../link.ts";
import type { World } from "../world.ts";
import type { Building } from "./building.ts";
import type { Broken } from "./broken.ts";
import type { DurableLog } from "./durable-log.ts";
import { createReader, type Reader } from "./reader.ts";
import type { HostSocket } from "./room-host.ts";

/** The machine that a client runs on: a page, its storage, its network. */
export interface ClientHost {
  readonly label: string;
  readonly core: ChatCore;
  /** It left, vanished, or was kicked. */
  readonly isGone: boolean;
  readonly reader: Reader;
  /** The most bytes that were ever under way to it at once. */
  readonly mostUnread: number;
  start(): void;
  say(text: string): void;
  ask(make: (id: string) => Parameters<ChatCore["ask"]>[1]): void;
  type(on: boolean): void;
  leave(): void;
  /** Is closed, as a tab is, and does not come back. */
  vanish(): void;
  /** Breaks the connection, which each end hears of later, or not at all. */
  cut(clientHearsMs: number, roomHearsMs: number): void;
  /** Has no network for a time. */
  isolate(forMs: number): void;
  /** Its socket is not read for a time. */
  stall(forMs: number): void;
  /** Its user reads nothing for a time, though its socket is read. */
  nap(forMs: number): void;
  /** Loses its memory. The user keeps what was read, and resumes there, or does not. */
  reload(keepsLog: boolean): void;
}

interface ClientHostOptions {
  readonly world: World;
  readonly label: string;
  readonly room: Building;
  readonly log: DurableLog;
  readonly latency: Latency;
  readonly mostMissing: number;
  readonly broken: Broken | undefined;
}

/** Sent by the network itself: the socket is open. */
const OPENED = "(opened)";

/** What is worth having been told. */
const SIGHTS = [
  ["a repeated message", '"dup":true'],
  ["a replay", '"recovered":true'],
  ["a gap", '{"t":"gap"'],
  ["a page of the log", '{"t":"history"'],
  ["a flood", '"code":"flood"'],
  ["a failed write", '"code":"unavailable"'],
  ["a full room", '"code":"room-full"'],
  ["a farewell", '{"t":"bye"'],
] as const;

/** 2026, so that no number of the world is mistaken for a time on the wall. */
const WALL_MS = 1_800_000_000_000;

/** Puts one together; it connects when it is started. */
export function createClientHost(options: ClientHostOptions): ClientHost {
  const { world, label, room, log, latency, mostMissing, broken } = options;
  const { dice } = world;
  const reader = createReader(label, log, mostMissing);
  let stored: SavedClient = { cid: `secret-of-${label}-0123456789`, unsent: [] };
  let ids = 0;
  let connects = 0;
  let link: Link | undefined;
  let isIsolated = false;
  let isStalled = false;
  let isNapping = false;
  let isGone = false;
  let mostUnread = 0;
  let stopTimer = () => {};
  let timerMs = Infinity;

  const makeId = () => `${label}${(ids += 1)}`;
  const makeCore = (keepsLog: boolean) =>
    createCore({
      name: label,
      saved: stored,
      resume: keepsLog && reader.seq !== undefined ? { epoch: log.epoch, seq: reader.seq } : undefined,
      mostMissing,
      random: () => dice.between(0, 1_000) / 1_001,
      wallNow: () => WALL_MS + world.now(),
      makeId,
    });
  let core = makeCore(false);

  const connect = (number: number) => {
    const mine = core;
    connects += 1;
    const connection = connects;
    const isCurrent = () => mine === core && connection === connects;
    const end = {
      received: (data: string) => {
        if (!isCurrent()) return;
        if (data === OPENED) return act(core.opened(world.now(), number));
        for (const [what, mark] of SIGHTS) if (data.includes(mark)) world.saw(what);
        if (data !== PONG) world.tell(() => `${label} < ${data.slice(0, 160)}`);
        act(core.received(world.now(), number, data));
      },
      closed: (code: number, reason: string) => {
        if (!isCurrent()) return;
        world.tell(() => `${label} hears of the end, ${code} ${reason}`);
        act(core.closed(world.now(), number, code, reason));
      },
    };
    world.after(dice.between(latency.leastMs, latency.mostMs), () => {
      if (!isCurrent()) return;
      if (!room.isUp || isIsolated) return end.closed(LOST, "");
      link = linkTo(end, `${label}#${connection}`);
    });
  };

  const linkTo = (end: Parameters<typeof createLink>[1], socketLabel: string) => {
    const socket: HostSocket = {
      label: socketLabel,
      send(data) {
        made.sendFromB(data);
        mostUnread = Math.max(mostUnread, made.unread);
      },
      close: (code, reason) => made.closeFromB(code, reason),
      lose: () => made.cut(dice.between(0, 100), Infinity),
    };
    const roomEnd = {
      received: (data: string) => room.received(socket, data),
      closed: () => room.closed(socket),
    };
    const made = createLink(
      world,
      end,
      roomEnd,
      broken === "overtaking" ? { ...latency, ordered: false } : latency,
    );
    if (isStalled) made.read(false);
    made.sendFromB(OPENED);
    room.open(socket);
    return made;
  };

  const carryOut = (effect: Effect) => {
    switch (effect.do) {
      case "connect":
        return connect(effect.socket);
      case "transmit":
        if (effect.data !== PING) world.tell(() => `${label} > ${effect.data.slice(0, 160)}`);
        return link?.sendFromA(effect.data);
      case "disconnect":
        world.tell(() => `${label} hangs up`);
        connects += 1;
        return link?.closeFromA(1000, "");
      case "save":
        if (broken !== "forgetful-storage") stored = effect.saved;
        return;
      case "settle":
        return;
      case "emit":
        if (effect.event.type === "gap") world.saw("a loss that was told");
        if (effect.event.type === "state") world.tell(() => `${label} is ${core.state.name}`);
        return reader.hears(effect.event);
    }
  };

  const act = (effects: readonly Effect[]) => {
    for (const effect of effects) carryOut(effect);
    if (!isNapping && reader.seq !== undefined) {
      for (const effect of core.taken(world.now(), reader.seq)) carryOut(effect);
    }
    if (core.dueMs === timerMs || (broken === "dead-timer" && timerMs < Infinity)) return;
    stopTimer();
    timerMs = core.dueMs;
    stopTimer = world.after(timerMs - world.now(), () => {
      if (broken !== "dead-timer") timerMs = Infinity;
      act(core.tick(world.now()));
    });
  };

  return {
    label,
    reader,
    get core() {
      return core;
    },
    get isGone() {
      return isGone || (core.state.name === "ended" && core.state.code === CLOSE.kicked);
    },
    get mostUnread() {
      return mostUnread;
    },
    start: () => act(core.start(world.now())),
    say(text) {
      if (core.state.name === "ended") return;
      const id = makeId();
      reader.says(id, text);
      act(core.ask(world.now(), { t: "send", id, text }));
    },
    ask: (make) => act(core.ask(world.now(), make(makeId()))),
    type: (on) => act(core.typing(world.now(), on)),
    leave() {
      isGone = true;
      act(core.leave(world.now()));
    },
    vanish() {
      isGone = true;
      act(core.leave(world.now()).filter((effect) => effect.do !== "transmit"));
    },
    cut: (clientHearsMs, roomHearsMs) => link?.cut(clientHearsMs, roomHearsMs),
    isolate(forMs) {
      isIsolated = true;
      link?.cut(dice.between(0, 1) === 0 ? 0 : Infinity, Infinity);
      const hears = dice.oneIn(2);
      world.after(forMs, () => {
        isIsolated = false;
        if (hears) act(core.hurry(world.now()));
      });
    },
    stall(forMs) {
      isStalled = true;
      link?.read(false);
      world.after(forMs, () => {
        isStalled = false;
        link?.read(true);
      });
    },
    nap(forMs) {
      isNapping = true;
      world.after(forMs, () => {
        isNapping = false;
        act([]);
      });
    },
    reload(keepsLog) {
      if (core.state.name === "ended" || core.state.name === "offline") return;
      world.tell(() => `${label} reloads`);
      link?.closeFromA(1001, "");
      link = undefined;
      if (!keepsLog) reader.forgets();
      core = makeCore(keepsLog);
      stopTimer();
      timerMs = Infinity;
      act(core.start(world.now()));
    },
  };
}
