import { createCore } from "../../../src/chat/client/core.ts";
import type { Effect } from "../../../src/chat/client/effects.ts";
import type { ChatEvent } from "../../../src/chat/client/events.ts";
import { type ClientFrame, PING, type RoomFrame } from "../../../src/chat/wire.ts";
import { welcome } from "./frames.ts";

/** A core, and all it ever wanted done. `random` is in the middle, so that times are known. */
export function playCore(options: Partial<Parameters<typeof createCore>[0]> = {}) {
  let ids = 0;
  let nowMs = 0;
  const effects: Effect[] = [];
  const core = createCore({
    name: "Ada",
    saved: { cid: "secret", unsent: [] },
    mostMissing: 1_000,
    random: () => 0.5,
    wallNow: () => 1_800_000_000_000 + nowMs,
    makeId: () => `id${(ids += 1)}`,
    ...options,
  });
  const act = (step: (now: number) => readonly Effect[]) => void effects.push(...step(nowMs));
  const lastSocket = () => effects.findLast((effect) => effect.do === "connect")?.socket ?? 0;
  const hear = (frame: RoomFrame | string) =>
    act((now) => core.received(now, lastSocket(), typeof frame === "string" ? frame : JSON.stringify(frame)));
  const connect = (frame = welcome()) => {
    act((now) => core.opened(now, lastSocket()));
    hear(frame);
  };
  const sent = () => effects.flatMap((effect) => (effect.do === "transmit" ? [effect.data] : []));
  const events = () => effects.flatMap((effect) => (effect.do === "emit" ? [effect.event] : []));
  return {
    core,
    effects,
    act,
    hear,
    connect,
    lastSocket,
    now: () => nowMs,
    events,
    sent,
    frames: () =>
      sent()
        .filter((data) => data !== PING)
        .map((data) => JSON.parse(data) as ClientFrame),
    ofType: (type: ChatEvent["type"]) => events().filter((event) => event.type === type),
    states: () => events().flatMap((event) => (event.type === "state" ? [event.state.name] : [])),
    read: () => events().flatMap((event) => (event.type === "message" ? [event.message.seq] : [])),
    start() {
      act((now) => core.start(now));
      connect();
    },
    lose: (code: number) => act((now) => core.closed(now, lastSocket(), code, "")),
    /** Moves time on, tick by tick. */
    pass(ms: number) {
      const untilMs = nowMs + ms;
      for (let turns = 0; core.dueMs <= untilMs; turns += 1) {
        if (turns > 1_000) throw new Error(`Expected time to pass, and it stands at ${nowMs}`);
        nowMs = Math.max(nowMs, core.dueMs);
        act((now) => core.tick(now));
      }
      nowMs = untilMs;
    },
  };
}
