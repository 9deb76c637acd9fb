import { utf8Bytes } from "./text.ts";
import type { ClientFrame, ErrorCode } from "./wire.ts";

/** What is wrong with a frame; with its `id`, if that much could be read, and when it may be right. */
interface FrameRefusal {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly message: string;
  readonly id?: string;
  readonly retryAfterMs?: number;
}

/** A frame of a client, or what is wrong with it. */
export type Parsed = { readonly ok: true; readonly frame: ClientFrame } | FrameRefusal;

/** The most that `history` gives at once. */
export const MOST_HISTORY = 100;

const MOST_ID = 64;
const CID = /^[\x21-\x7e]{16,128}$/;

/** Reads a text frame. Nothing that a client can send throws. */
export function parseFrame(text: string, frameBytes: number): Parsed {
  if (utf8Bytes(text, frameBytes) > frameBytes) {
    return fault("bad-frame", `Expected a frame of at most ${frameBytes} bytes`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message would quote the frame.
    return fault("bad-frame", "Expected a frame to be JSON");
  }
  if (!isObject(value)) return fault("bad-frame", `Expected a frame to be an object, got ${kindOf(value)}`);
  try {
    return { ok: true, frame: read(value) };
  } catch (error) {
    if (!(error instanceof FrameFault)) throw error;
    const { code, message } = error;
    return isId(value["id"]) ? { ok: false, code, message, id: value["id"] } : { ok: false, code, message };
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Where reading stops. */
class FrameFault extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

function read(fields: Fields): ClientFrame {
  const { t } = fields;
  if (typeof t !== "string") throw new FrameFault("bad-frame", expected("t", "a string", t));
  switch (t) {
    case "hello":
      return readHello(fields);
    case "send":
      return { t, id: idOf(fields), text: stringOf(fields, "text") };
    case "nick":
      return { t, id: idOf(fields), name: stringOf(fields, "name") };
    case "who":
      return { t, id: idOf(fields) };
    case "typing":
      if (typeof fields["on"] !== "boolean") throw wrong(fields, "on", "true or false");
      return { t, on: fields["on"] };
    case "history":
      return readHistory(fields);
    case "ack":
      return { t, seq: seqOf(fields, "seq") };
    case "leave":
      return { t };
    default:
      throw new FrameFault("unknown-type", `There is no frame of type ${JSON.stringify(t.slice(0, 32))}`);
  }
}

function readHello(fields: Fields): ClientFrame {
  // Any whole number: which versions there are is for the room to say.
  if (!isSeq(fields["v"])) throw wrong(fields, "v", "a whole number");
  const name = stringOf(fields, "name");
  const cid = fields["cid"];
  if (typeof cid !== "string" || !CID.test(cid)) {
    throw wrong(fields, "cid", "16 to 128 printable characters of ASCII, without spaces");
  }
  // The type says 1; the room refuses the others.
  const hello = { t: "hello", v: fields["v"] as 1, name, cid } as const;
  const resume = fields["resume"];
  if (resume === undefined || resume === null) return hello;
  if (!isObject(resume)) throw wrong(fields, "resume", "an object");
  if (typeof resume["epoch"] !== "string" || resume["epoch"].length > MOST_ID) {
    throw new FrameFault("bad-frame", expected("resume.epoch", "a string", resume["epoch"]));
  }
  if (!isSeq(resume["seq"])) {
    throw new FrameFault("bad-frame", expected("resume.seq", "a whole number", resume["seq"]));
  }
  return { ...hello, resume: { epoch: resume["epoch"], seq: resume["seq"] } };
}

function readHistory(fields: Fields): ClientFrame {
  const { before, after, limit } = fields;
  const id = idOf(fields);
  if (before !== undefined && after !== undefined) {
    throw new FrameFault("bad-frame", "Expected `before` or `after`, got both");
  }
  const isLimit = typeof limit === "number" && Number.isInteger(limit) && limit >= 1 && limit <= MOST_HISTORY;
  if (limit !== undefined && !isLimit) {
    throw wrong(fields, "limit", `a whole number from 1 to ${MOST_HISTORY}`);
  }
  return {
    t: "history",
    id,
    ...(before !== undefined && { before: seqOf(fields, "before") }),
    ...(after !== undefined && { after: seqOf(fields, "after") }),
    ...(isLimit && { limit }),
  };
}

function idOf(fields: Fields): string {
  if (!isId(fields["id"])) {
    throw wrong(fields, "id", `a string of 1 to ${MOST_ID} characters, without controls`);
  }
  return fields["id"];
}

function stringOf(fields: Fields, field: string): string {
  const value = fields[field];
  if (typeof value !== "string") throw wrong(fields, field, "a string");
  return value;
}

function seqOf(fields: Fields, field: string): number {
  const value = fields[field];
  if (!isSeq(value)) throw wrong(fields, field, "a whole number");
  return value;
}

function isId(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.length >= 1 &&
    value.length <= MOST_ID &&
    value.isWellFormed() &&
    !/\p{Cc}/u.test(value)
  );
}

function isSeq(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(fields: Fields, field: string, what: string): FrameFault {
  return new FrameFault("bad-frame", expected(field, what, fields[field]));
}

function expected(field: string, what: string, value: unknown): string {
  return `Expected \`${field}\` to be ${what}, got ${kindOf(value)}`;
}

/** What a value is, without quoting what may be long or secret. */
function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return `a string of ${value.length} characters`;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "an object";
}

function fault(code: ErrorCode, message: string): Parsed {
  return { ok: false, code, message };
}
