import { type CancelSignal, isCancellation } from "#kernel";
import { CallError } from "./failure.ts";
import { joinBytes } from "./join-bytes.ts";

/** An upstream's answer, whichever way it came: through a connection of ours, or whole from a lane. */
export interface Reply {
  readonly status: number;
  /** A header field's value. @param name In lower case. */
  header(name: string): string | null;
  /** All header fields, by lower-case name. */
  fields(): Iterable<readonly [name: string, value: string]>;
  /**
   * Reads the body as text, or as bytes.
   *
   * @param maxBytes The most to read, decoded; a longer body is left unread.
   * @throws {CallError} When it is too large or breaks off. The reason of `signal`.
   */
  text(maxBytes: number, signal: CancelSignal): Promise<string>;
  bytes(maxBytes: number, signal: CancelSignal): Promise<Uint8Array>;
  /** Leaves the body unread. */
  cancel(): Promise<void>;
}

/** The reply that a response is. */
export function fromResponse(response: Response): Reply {
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    fields: () => response.headers,
    text: async (maxBytes, signal) =>
      await readBody(response, maxBytes, signal, {
        whole: async () => await response.text(),
        join: joinText,
      }),
    bytes: async (maxBytes, signal) =>
      await readBody(response, maxBytes, signal, {
        whole: async () => new Uint8Array(await response.arrayBuffer()),
        join: joinBytes,
      }),
    cancel: async () => await response.body?.cancel(),
  };
}

const utf8 = new TextDecoder();

/** The reply that came whole. */
export function fromBytes(
  status: number,
  fields: readonly (readonly [name: string, value: string])[],
  body: Uint8Array,
): Reply {
  const expectSize = (maxBytes: number) => {
    if (body.length > maxBytes) throw new CallError({ kind: "too-large", limitBytes: maxBytes });
  };
  return {
    status,
    header: (name) => fields.find(([field]) => field === name)?.[1] ?? null,
    fields: () => fields,
    async text(maxBytes) {
      expectSize(maxBytes);
      return utf8.decode(body);
    },
    async bytes(maxBytes) {
      expectSize(maxBytes);
      return body;
    },
    cancel: async () => undefined,
  };
}

function joinText(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
}

interface Reader<T> {
  /** Reads all at once: the fast way, for a body whose size is known. */
  readonly whole: () => Promise<T>;
  readonly join: (chunks: readonly Uint8Array[]) => T;
}

async function readBody<T>(
  response: Response,
  maxBytes: number,
  signal: CancelSignal,
  { whole, join }: Reader<T>,
): Promise<T> {
  // Made only where it is thrown: an error costs as much as reading a small body.
  const tooLarge = () => new CallError({ kind: "too-large", limitBytes: maxBytes });
  const length = Number(response.headers.get("Content-Length") ?? Number.NaN);
  if (length > maxBytes) {
    await response.body?.cancel();
    throw tooLarge();
  }
  try {
    // A declared length bounds the body, unless it is the length before decompression.
    if (length <= maxBytes && !response.headers.has("Content-Encoding")) return await whole();
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge(); // leaving the loop cancels the body
      chunks.push(chunk);
    }
    return join(chunks);
  } catch (error) {
    if (error instanceof CallError || isCancellation(error, signal)) throw error;
    throw new CallError({ kind: "reset" }, { cause: error });
  }
}
