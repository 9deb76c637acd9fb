import { Refusal } from "../refusal.ts";
import type { RawFields } from "../rules/fields.ts";
import type { ResponseHead } from "../rules/response-head.ts";
import { type BodyFraming, framingOf } from "./body-framing.ts";
import { type ChunkReader, createChunkReader } from "./chunk-reader.ts";
import { readHead } from "./head-reader.ts";

/** What a {@link ResponseReader} finds, in this order. */
export interface ResponseSink {
  /** A 1xx but 101, any number of times. */
  onInformation(head: ResponseHead): void;
  /** @param body How its end is known. */
  onHead(head: ResponseHead, body: BodyFraming): void;
  onData(bytes: Buffer): void;
  /**
   * The answer is whole.
   *
   * @param isReusable Whether the connection may carry another one.
   */
  onEnd(trailers: RawFields, isReusable: boolean): void;
  /** 101: what comes from here on is no HTTP any more. */
  onSwitch(head: ResponseHead, rest: Buffer): void;
}

/** Reads one response (RFC 9112), in whatever pieces it comes; strictly, for whoever forgives is read differently. */
export interface ResponseReader {
  /**
   * @throws {Refusal} When it is no response, or one that can be read in two ways.
   */
  read(bytes: Buffer): void;
  /**
   * Nothing more will come.
   *
   * @throws {Refusal} When that is too early.
   */
  end(): void;
  hasBegun(): boolean;
}

const LARGEST_HEAD = 65_536;
/** RFC 9110 §15.2 names no bound; some origins send progress. */
const MOST_INFORMATION = 100;
const HEAD_END = Buffer.from("\r\n\r\n");
const NOTHING: RawFields = [];

/** @param method Of the request that is answered, for some answers have no body. */
export function createResponseReader(method: string, sink: ResponseSink): ResponseReader {
  let state: "head" | "length" | "chunked" | "close" | "ended" = "head";
  let pending: Buffer | undefined;
  let left = 0;
  let chunks: ChunkReader | undefined;
  let isReusable = false;
  let information = 0;
  let hasBegun = false;

  const finish = (trailers: RawFields) => {
    state = "ended";
    sink.onEnd(trailers, isReusable);
  };

  const takeHead = (head: ResponseHead, rest: Buffer) => {
    if (head.status === 101) {
      state = "ended";
      sink.onSwitch(head, rest);
      return;
    }
    if (head.status < 200) {
      information += 1;
      if (information > MOST_INFORMATION) {
        throw new Refusal("protocol", "the origin sends interim answers without end");
      }
      sink.onInformation(head);
      if (rest.length > 0) read(rest);
      return;
    }
    const framing = framingOf(head, method);
    isReusable = framing.keepsAlive;
    const { body } = framing;
    state = body.kind === "none" ? "ended" : body.kind;
    if (body.kind === "length") left = body.bytes;
    if (body.kind === "chunked") {
      chunks = createChunkReader({
        onData: (data) => sink.onData(data),
        onEnd(trailers, isSurpassed) {
          if (isSurpassed) isReusable = false;
          finish(trailers);
        },
      });
    }
    const isWhole = body.kind === "none" || (body.kind === "length" && left === 0);
    // More than was announced: the next answer on this connection would not be where it is looked for.
    if (isWhole && rest.length > 0) isReusable = false;
    sink.onHead(head, body);
    if (isWhole) finish(NOTHING);
    else if (rest.length > 0) read(rest);
  };

  const readHeadBytes = (bytes: Buffer) => {
    const all = pending === undefined ? bytes : Buffer.concat([pending, bytes]);
    // The end may lie across the border of two pieces.
    const end = all.indexOf(HEAD_END, Math.max(0, (pending?.length ?? 0) - 3));
    if ((end === -1 ? all.length : end) > LARGEST_HEAD) {
      throw new Refusal("large-answer-fields", "the origin's answer has too large a header section");
    }
    pending = end === -1 ? all : undefined;
    if (end === -1) return;
    takeHead(readHead(all.toString("latin1", 0, end)), all.subarray(end + HEAD_END.length));
  };

  function read(bytes: Buffer): void {
    hasBegun = true;
    switch (state) {
      case "head":
        return readHeadBytes(bytes);
      case "close":
        return sink.onData(bytes);
      case "length": {
        if (bytes.length > left) isReusable = false;
        const data = bytes.length > left ? bytes.subarray(0, left) : bytes;
        left -= data.length;
        sink.onData(data);
        if (left === 0) finish(NOTHING);
        return;
      }
      case "chunked":
        return chunks?.read(bytes);
      case "ended":
    }
  }

  return {
    read,
    end() {
      if (state === "close") finish(NOTHING);
      else if (state !== "ended") {
        throw new Refusal("incomplete", "the origin closed the connection before its answer was whole");
      }
    },
    hasBegun: () => hasBegun,
  };
}
