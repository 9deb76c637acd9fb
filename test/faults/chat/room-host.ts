import { floodBucket } from "../../../durable-objects/flood-bucket.ts";
import type { DownCall, LinkAnswer, UpCall } from "../../../src/chat/link.ts";
import type { Log } from "../../../src/chat/log.ts";
import type { SavedPresence } from "../../../src/chat/presence.ts";
import type { RoomPorts } from "../../../src/chat/ports.ts";
import { AWAKE_MS, createRoom, type Room } from "../../../src/chat/room.ts";
import type { SavedSession } from "../../../src/chat/saved-session.ts";
import type { RoomSettings } from "../../../src/chat/settings.ts";
import { PING, PONG } from "../../../src/chat/wire.ts";
import type { World } from "../world.ts";
import type { Broken } from "./broken.ts";
import type { DurableLog } from "./durable-log.ts";

/** A socket as a room's machine has it. */
export interface HostSocket {
  readonly label: string;
  send(data: string): void;
  close(code: number, reason: string): void;
  /** Breaks off without a word. */
  lose(): void;
}

/** The machine that a room runs on: its memory, its disk, its sockets, its timers. */
export interface RoomHost {
  /** Whether somebody can connect. */
  readonly isUp: boolean;
  readonly room: Room<HostSocket>;
  /** Where somebody is to connect. */
  place(): "here" | number;
  /** Is called by a relay. Its answer is held back as everything is; here, the network does it. */
  forward(call: UpCall): LinkAnswer | undefined;
  open(socket: HostSocket): void;
  received(socket: HostSocket, data: string): void;
  closed(socket: HostSocket): void;
  /** Puts the room out of memory while its sockets stay open; does nothing while the room must stay. */
  evict(): void;
  /** Loses memory, sockets, and what is not on disk yet; back after a time. */
  kill(downMs: number): void;
  /** The same, when it next writes: after that, and before it is on disk. */
  killAtCommit(downMs: number): void;
  /** A moderator sends a user away. */
  kick(uid: string): void;
  /** Its clock jumps. */
  setClock(byMs: number): void;
  /** It cannot be kept who is here, once. */
  failSave(): void;
}

/** An object that has been idle for so long is put out of memory. */
const IDLE_MS = 10_000;

interface HostOptions {
  readonly world: World;
  readonly log: DurableLog;
  /** What a room goes by that is put together now. */
  settings(this: void): RoomSettings;
  /** How long a commit takes, at most. */
  readonly commitMs: number;
  readonly broken: Broken | undefined;
  readonly callRelay: CallRelay;
}

/** Calls a relay; the answer comes later, or none. */
export type CallRelay = (call: DownCall, answer: (answer: LinkAnswer | undefined) => void) => void;

/** Starts it. The room is made when it is first needed. */
export function createRoomHost({ world, log, settings, commitMs, broken, callRelay }: HostOptions): RoomHost {
  /** Of all sockets that are listed: one that was closed is, for as long as nobody has answered. */
  const attachments = new Map<HostSocket, SavedSession | undefined>();
  const closing = new Set<HostSocket>();
  const isOpen = (socket: HostSocket) => attachments.has(socket) && !closing.has(socket);
  const heard = new Map<HostSocket, number>();
  let onDisk: SavedPresence | undefined;
  let presence: SavedPresence | undefined;
  let room: Room<HostSocket> | undefined;
  /** What may not leave before the next commit. */
  let gated: (() => void)[] = [];
  let isCommitting = false;
  let isUp = true;
  let doom: number | undefined;
  /** Machines that were killed do nothing more. */
  let life = 0;
  let lives = 0;
  let stopTimer = () => {};
  let timerMs = Infinity;
  let alarmMs = Infinity;
  let lastTurnMs = 0;
  let isDozing = false;
  let failsSave = false;
  /** How far its clock is from the world's; 0 stands for never in a room. */
  let clockMs = 1_000_000;
  const now = () => world.now() + clockMs;

  /** Holds something back until all that was written before it is on disk, as the platform does. */
  const gate = (run: () => void) => {
    if (broken !== "ok-before-durable" && (isCommitting || log.isDirty)) gated.push(run);
    else run();
  };

  const brokenLog: Log = {
    ...log,
    find: (uid, id) => (broken === "forgets-ids" ? undefined : log.find(uid, id)),
    range: (from, to) => log.range(broken === "range-off-by-one" ? from + 1 : from, to),
  };

  const ports: RoomPorts<HostSocket> = {
    log: brokenLog,
    send: (socket, text) =>
      gate(() => {
        if (isOpen(socket)) socket.send(text);
      }),
    close: (socket, code, reason) =>
      gate(() => {
        if (!isOpen(socket)) return;
        closing.add(socket);
        if (broken !== "remembers-closed") attachments.set(socket, undefined);
        socket.close(code, reason);
      }),
    attach(socket, saved) {
      const isLost = broken === "loses-attachments";
      if (isOpen(socket) && !isLost) attachments.set(socket, structuredClone(saved));
    },
    save(saved) {
      if (failsSave) {
        failsSave = false;
        throw new Error("The disk is full");
      }
      presence = structuredClone(broken === "forgets-who-left" ? { ...saved, present: [] } : saved);
    },
    heardMs: (socket) => heard.get(socket) ?? 0,
    report: (error) => world.tell(() => `room reports ${String(error)}`),
    noteClosing: () => undefined,
    makeBucket: floodBucket,
    makeLife: () => (lives += 1),
    deliver: (call) =>
      gate(() => {
        const mine = room;
        callRelay(call, (answer) => {
          if (mine === room) turn((awake) => awake.delivered(call, answer, now()));
        });
      }),
  };

  const wake = () => {
    if (room !== undefined) return room;
    world.tell(() => "room wakes");
    const sockets = [...attachments].flatMap(([socket, saved]) =>
      saved === undefined ? [] : [[socket, saved] as const],
    );
    room = createRoom(ports, settings(), now(), { presence, sockets });
    return room;
  };

  const kill = (downMs: number) => {
    world.tell(() => `room is killed${isCommitting ? " before a commit" : ""}`);
    world.saw(isCommitting ? "a kill before a commit" : "a kill");
    life += 1;
    doom = undefined;
    forget();
    log.crash();
    presence = onDisk;
    gated = [];
    [isCommitting, isUp] = [false, false];
    const sockets = [...attachments.keys()];
    attachments.clear();
    closing.clear();
    for (const socket of sockets) socket.lose();
    world.after(downMs, () => {
      world.tell(() => "room is up");
      isUp = true;
    });
  };

  const commit = () => {
    if (isCommitting || !log.isDirty) return;
    isCommitting = true;
    if (doom !== undefined) return kill(doom);
    const mine = life;
    world.after(world.dice.between(0, commitMs), () => {
      if (mine !== life) return;
      isCommitting = false;
      log.commit();
      onDisk = presence;
      const leaving = gated;
      gated = [];
      for (const leave of leaving) leave();
    });
  };

  const turn = (act: (room: Room<HostSocket>) => void) => {
    const awake = wake();
    const mine = life;
    act(awake);
    commit();
    if (mine !== life) return;
    lastTurnMs = world.now();
    doze(IDLE_MS);
    if (!log.isDirty) onDisk = presence;
    const dueMs = awake.dueMs();
    if (dueMs <= now() + AWAKE_MS) setTimer(dueMs);
    else if (dueMs < alarmMs) setAlarm(dueMs);
  };
  const evict = () => {
    const mustStay = room !== undefined && room.dueMs() <= now() + AWAKE_MS;
    if (room === undefined || mustStay || isCommitting || timerMs < Infinity) return;
    world.tell(() => "room sleeps");
    world.saw("a sleep");
    forget();
  };

  /** Sleeps when nothing has happened for a while, as an object does. */
  const doze = (inMs: number) => {
    if (isDozing) return;
    isDozing = true;
    world.after(inMs, () => {
      isDozing = false;
      const restMs = lastTurnMs + IDLE_MS - world.now();
      if (restMs > 0) doze(restMs);
      else evict();
    });
  };
  const tick = () => turn((awake) => awake.tick(now()));

  const setTimer = (dueMs: number) => {
    if (dueMs === timerMs) return;
    stopTimer();
    timerMs = dueMs;
    stopTimer = world.after(dueMs - now(), () => {
      timerMs = Infinity;
      tick();
    });
  };
  /** An alarm is on disk: it outlives the machine. */
  const setAlarm = (dueMs: number) => {
    alarmMs = dueMs;
    world.after(dueMs - now(), () => {
      if (alarmMs !== dueMs) return;
      alarmMs = Infinity;
      if (broken === "no-alarm") return;
      if (isUp) tick();
      else setAlarm(now() + 1_000);
    });
  };

  const forget = () => {
    room = undefined;
    stopTimer();
    timerMs = Infinity;
  };

  return {
    get isUp() {
      return isUp;
    },
    get room() {
      return wake();
    },
    place: () => wake().place(now()),
    forward(call) {
      const mine = life;
      let answer: LinkAnswer | undefined;
      turn((awake) => (answer = awake.forward(call, now())));
      return mine === life ? answer : undefined;
    },
    open(socket) {
      attachments.set(socket, undefined);
      turn((awake) => awake.open(socket, now(), {}));
    },
    received(socket, data) {
      if (!attachments.has(socket)) return;
      if (data !== PING) return turn((awake) => awake.receive(socket, data, now()));
      heard.set(socket, now());
      socket.send(PONG);
    },
    closed(socket) {
      // A room that wakes for it knows whose it was.
      if (attachments.has(socket) && broken !== "forgets-who-left") wake();
      closing.delete(socket);
      if (attachments.delete(socket)) turn((awake) => awake.closed(socket, now()));
    },
    evict,
    kill,
    killAtCommit: (downMs) => void (doom = downMs),
    kick(uid) {
      if (!isUp) return;
      turn((awake) => {
        if (awake.kick(uid, now())) world.saw("somebody kicked");
      });
    },
    setClock(byMs) {
      world.saw(byMs < 0 ? "a clock that was set back" : "a clock that was set on");
      clockMs += byMs;
    },
    failSave: () => void (failsSave = true),
  };
}
