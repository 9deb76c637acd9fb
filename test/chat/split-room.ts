import type { Closing } from "../../src/chat/closings.ts";
import type { DownCall, UpCall } from "../../src/chat/link.ts";
import { createRelay, type Relay } from "../../src/chat/relay.ts";
import { DEFAULT_SETTINGS, type RoomSettings } from "../../src/chat/settings.ts";
import { type ClientFrame, type RoomFrame, VERSION } from "../../src/chat/wire.ts";
import { cidOf, fakeRoom, messagesIn } from "./fake-room.ts";

const STEP_MS = 100;

/** A room and its first relays, between which calls take no time. */
export function splitRoom(relays: number, more: Partial<RoomSettings> = {}) {
  const settings: Partial<RoomSettings> = {
    split: { sockets: 1, relaySockets: 10 },
    flood: "off",
    ...more,
  };
  const world = fakeRoom(settings);
  const texts = new Map<string, string[]>();
  const closes = new Map<string, number>();
  const closings: Closing[] = [];
  const ups: UpCall[] = [];
  let lives = 0;
  const all = Array.from({ length: relays }, (_, index) => makeRelay(index + 1));

  function makeRelay(number: number): Relay<string> {
    return createRelay<string>(
      {
        send: (socket, text) => void texts.get(socket)?.push(text),
        close: (socket, code) => void closes.set(socket, code),
        heardMs: () => world.now(),
        noteClosing: (closing) => void closings.push(closing),
        makeLife: () => (lives += 1),
        forward: (call) => void ups.push(call),
      },
      { ...DEFAULT_SETTINGS, ...settings },
      number,
    );
  }
  const relay = (number: number) => {
    const found = all[number - 1];
    if (found === undefined) throw new Error(`Expected a relay from 1 to ${relays}, got ${number}`);
    return found;
  };
  const up = (call: UpCall) => {
    const answer = world.room().forward(call, world.now());
    relay(call.relay).forwarded(call, answer, world.now());
  };
  const down = (call: DownCall) => {
    const answer = relay(call.relay).deliver(call, world.now());
    world.room().delivered(call, answer, world.now());
  };
  /** Makes all calls that there are, and those that come of them. */
  const carry = () => {
    world.pass(0);
    while (ups.length + world.calls.length > 0) {
      for (const call of ups.splice(0)) up(call);
      for (const call of world.calls.splice(0)) down(call);
      world.pass(0);
    }
  };
  const frames = (socket: string) => (texts.get(socket) ?? []).map((text) => JSON.parse(text) as RoomFrame);
  return {
    world,
    /** The codes that sockets were closed with. */
    closes,
    /** What relays tell the operator of who was sent away. */
    closings,
    /** Says all before any call is made. */
    say(number: number, socket: string, ...said: readonly ClientFrame[]) {
      for (const frame of said) relay(number).receive(socket, JSON.stringify(frame), world.now());
      carry();
    },
    enter(number: number, socket: string) {
      texts.set(socket, []);
      relay(number).open(socket, world.now());
      this.say(number, socket, { t: "hello", v: VERSION, name: socket, cid: cidOf(socket) });
    },
    carry,
    pass(ms: number) {
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        world.pass(STEP_MS);
        for (const one of all) if (one.dueMs() <= world.now()) one.tick(world.now());
        carry();
      }
    },
    frames,
    messages: (socket: string) => messagesIn(frames(socket)),
  };
}
