import { sleep } from "#kernel";
import { type BenchCase, type Measurement, type Round, WrongAnswerError } from "../harness/bench.ts";
import { usageOf } from "../harness/process-tree.ts";
import type { Server } from "../harness/server.ts";
import type { DialectName } from "./load/dialect.ts";
import type { ChatLoad } from "./load/load.ts";
import type { Orders, Talk } from "./load/orders.ts";

/** What is asked of a room. */
export interface ChatCase extends BenchCase {
  readonly work: Work;
}

type Work =
  /** Everybody talks, at this rate together. */
  | { readonly kind: "talk"; readonly clients: number; readonly perSecond: number }
  /** Everybody is there, and nobody says anything. */
  | { readonly kind: "idle"; readonly clients: number }
  | { readonly kind: "storm"; readonly clients: number; readonly overMs: number }
  /** Half are away while some messages pass; the server is killed; all come back. */
  | { readonly kind: "restart"; readonly clients: number; readonly missed: number }
  /** One reads no more, while the others talk on. */
  | {
      readonly kind: "paused";
      readonly clients: number;
      readonly perSecond: number;
      readonly messages: number;
    };

/** A contender that runs, and who talks to it. */
export interface Chat {
  readonly server: Server;
  readonly dialect: DialectName;
  readonly load: ChatLoad;
}

const TALK_MS = 5_000;
const SHORT_TALK_MS = 1_500;
const COME_BACK_PER_SECOND = 1_000;
/** From here on, a load that waits for nothing cannot be believed to have kept its times. */
const SATURATED = 0.9;
const MIB = 2 ** 20;
/** Of the messages that pass before one client is paused, those whose p99 is compared. */
const UNPAUSED_SHARE = 0.2;

let rooms = 0;

/** Does one round of a case, in a room of its own; all who were in it are gone at the end. */
export async function measureChat(chat: Chat, { work }: ChatCase, round: Round): Promise<Measurement> {
  try {
    return await measure(chat, work, round);
  } finally {
    await chat.load.make("drop", { clients: work.clients });
    await quiet(chat.server);
  }
}

async function measure(chat: Chat, work: Work, round: Round): Promise<Measurement> {
  const isShort = round.isQuick || round.isWarmUp;
  switch (work.kind) {
    case "talk":
      return await talk(chat, work, isShort ? SHORT_TALK_MS : TALK_MS, round);
    case "idle":
      return await idle(chat, isShort ? work.clients / 10 : work.clients);
    case "storm": {
      const share = isShort ? 0.2 : 1;
      return await join(chat, work.clients * share, 0, { overMs: work.overMs * share });
    }
    case "restart":
      return await restart(chat, isShort ? work.clients / 10 : work.clients, work.missed);
    case "paused":
      return await paused(chat, work, isShort ? work.messages / 25 : work.messages, round);
  }
}

async function talk(
  chat: Chat,
  { clients, perSecond }: Work & { readonly kind: "talk" },
  durationMs: number,
  round: Round,
): Promise<Measurement> {
  const messages = (perSecond * durationMs) / 1_000;
  await join(chat, clients, messages);
  const cpuBeforeMs = usageOf(chat.server.pid).cpuMs;
  const heard = await chat.load.make("talk", { perSecond, messages });
  const cpuMs = usageOf(chat.server.pid).cpuMs - cpuBeforeMs;
  return { ...describe(heard, round), "CPU µs/delivery": (cpuMs * 1_000) / (messages * clients) };
}

async function idle(chat: Chat, clients: number): Promise<Measurement> {
  // What earlier rooms took, a program does not give back.
  await chat.server.restart();
  const warmUp = Math.ceil(clients / 100);
  await join(chat, warmUp, 0);
  const before = usageOf(chat.server.pid).rssBytes;
  await join(chat, clients, 0);
  await quiet(chat.server);
  const grown = usageOf(chat.server.pid).rssBytes - before;
  return { "KiB/socket": grown / 1_024 / (clients - warmUp) };
}

async function restart(chat: Chat, clients: number, missed: number): Promise<Measurement> {
  await join(chat, clients, 2 * missed);
  await chat.load.make("talk", { perSecond: 25, messages: missed });
  await chat.load.make("drop", { clients: clients / 2 });
  const heard = await chat.load.make("talk", { perSecond: 25, messages: missed });
  if (heard.lost > 0) throw new WrongAnswerError(`${heard.lost} deliveries were lost before the restart`);
  await chat.server.restart();
  const back = await chat.load.make("resume", { overMs: (clients * 1_000) / COME_BACK_PER_SECOND });
  if (back.failed > 0) {
    throw new WrongAnswerError(
      `${back.failed} of ${clients} did not get back all they missed: ${back.fault}`,
    );
  }
  const { lost, duplicated, reordered } = back;
  return { "all back ms": back.tookMs, lost, duplicated, reordered };
}

async function paused(
  chat: Chat,
  { clients, perSecond }: Work & { readonly kind: "paused" },
  messages: number,
  round: Round,
): Promise<Measurement> {
  // As many pass before, while all read: a heap that has just begun grows with the first of them, whoever reads.
  const before = messages * UNPAUSED_SHARE;
  await chat.server.restart();
  await join(chat, clients, messages * 2);
  await chat.load.make("talk", { perSecond, messages: messages - before });
  const alone = await chat.load.make("talk", { perSecond, messages: before });
  const bytesBefore = usageOf(chat.server.pid).rssBytes;
  await chat.load.make("pause", { clients: 1 });
  const heard = await chat.load.make("talk", { perSecond, messages });
  const grown = usageOf(chat.server.pid).rssBytes - bytesBefore;
  return { ...describe(heard, round), "× p99 before": heard.p99Ms / alone.p99Ms, "MiB grown": grown / MIB };
}

/** Lets everybody in; who is in is on the way out again if somebody is not. */
async function join(
  { server: { url }, dialect, load }: Chat,
  clients: number,
  messages: number,
  pace: Orders["join"]["order"]["pace"] = { atOnce: 20 },
): Promise<Measurement> {
  const room = `bench-${process.pid}-${(rooms += 1)}`;
  const { failed, fault, p50Ms, p99Ms } = await load.make("join", {
    url,
    dialect,
    room,
    clients,
    pace,
    messages,
  });
  if (failed > 0)
    throw new WrongAnswerError(`${failed} of ${clients} did not get in: ${fault ?? "no answer"}`);
  return { "p50 ms": p50Ms, "p99 ms": p99Ms };
}

function describe({ busy, lateP99Ms, fault, ...heard }: Talk, { warn }: Round): Measurement {
  const { p50Ms, p99Ms, lost, duplicated, reordered } = heard;
  if (busy >= SATURATED) {
    const lateness = `${lateP99Ms.toFixed(1)} ms late with its slowest hundredth`;
    warn(
      `the generator was saturated (${(busy * 100).toFixed(0)} % busy, ${lateness}): a part of this is its own`,
    );
  }
  if (fault !== undefined) warn(`a client heard: ${fault.slice(0, 200)}`);
  const percent = { "generator %": busy * 100 };
  return { "p50 ms": p50Ms, "p99 ms": p99Ms, lost, duplicated, reordered, ...percent };
}

/** Waits until a server has done with what it was given, as long as there is hope. */
async function quiet({ pid }: Server): Promise<void> {
  const LOOK_MS = 250;
  for (let looks = 0; looks < 40; looks += 1) {
    const before = usageOf(pid).cpuMs;
    await sleep(LOOK_MS);
    if (usageOf(pid).cpuMs - before < LOOK_MS / 10) return;
  }
}
