import type { Surroundings } from "../listen.ts";
import type { Entry } from "../registry.ts";
import type { Refusal } from "./refusal.ts";

/** What a request or a tunnel is at. */
type Stage = "connecting" | "waiting" | "answering" | "joined";

/** One request or tunnel, as the registry and the log know it. */
export interface Account {
  /** Enters a stage; the log says how long each took. */
  enter(stage: Stage): void;
  /** Says, whenever it is known, what the log shall tell: the status, bytes… */
  note(facts: Readonly<Record<string, unknown>>): void;
  /** Ends it, once: one line in the log. */
  close(ok: boolean, refusal?: Refusal): void;
}

interface Opening {
  readonly kind: "request" | "tunnel" | "upgrade";
  readonly method: string;
  /** Where it goes: host and port, without anything secret. */
  readonly host: string;
  readonly connection: Entry | undefined;
  readonly cancel: () => void;
}

/** Begins with `connecting`. */
export function openAccount(
  { registry, log, clock }: Surroundings,
  { kind, method, host, connection, cancel }: Opening,
): Account {
  const { peer } = connection ?? {};
  const entry = registry.register({
    kind,
    name: `${method} ${host}`,
    peer,
    parent: connection,
    state: "connecting",
    waitsFor: host,
    cancel,
  });
  const facts: Record<string, unknown> = {};
  const timings: Record<string, number> = {};
  const beganMs = clock.now();
  let stage: Stage = "connecting";
  let sinceMs = beganMs;
  let isClosed = false;

  const leaveStage = () => {
    const nowMs = clock.now();
    timings[`${stage}Ms`] = Math.round(nowMs - sinceMs);
    sinceMs = nowMs;
  };
  return {
    enter(next) {
      leaveStage();
      stage = next;
      entry.state = next;
      if (next === "answering" || next === "joined") entry.waitsFor = undefined;
    },
    note: (more) => void Object.assign(facts, more),
    close(ok, refusal) {
      if (isClosed) return;
      isClosed = true;
      leaveStage();
      entry[Symbol.dispose]();
      const totalMs = Math.round(clock.now() - beganMs);
      const why = refusal === undefined ? {} : { kind: refusal.kind, why: refusal.message };
      log.info({ event: kind, ok, method, host, peer, ...facts, ...timings, totalMs, ...why });
    },
  };
}
