import { type CancelSignal, isCancellation } from "#kernel";
import { bodyLength } from "../http/body-length.ts";
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
  return new ResponseReply(response);
}

/** A class, for there is one for each call, and its methods are made once. */
class ResponseReply implements Reply {
  readonly status: number;
  readonly #response: Response;
  readonly #headers: Headers;

  constructor(response: Response) {
    this.status = response.status;
    this.#response = response;
    this.#headers = response.headers;
  }

  header(name: string): string | null {
    return this.#headers.get(name);
  }

  fields(): Iterable<readonly [name: string, value: string]> {
    return this.#headers;
  }

  text(maxBytes: number, signal: CancelSignal): Promise<string> {
    return this.#read(maxBytes, signal, asText);
  }

  bytes(maxBytes: number, signal: CancelSignal): Promise<Uint8Array> {
    return this.#read(maxBytes, signal, asBytes);
  }

  async cancel(): Promise<void> {
    await this.#response.body?.cancel();
  }

  async #read<T>(maxBytes: number, signal: CancelSignal, { whole, join }: Form<T>): Promise<T> {
    const length = bodyLength(this.#headers);
    if (length !== undefined && length > maxBytes) {
      await this.cancel();
      throw tooLarge(maxBytes);
    }
    try {
      if (length !== undefined) return await whole(this.#response);
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of this.#response.body ?? []) {
        bytes += chunk.byteLength;
        if (bytes > maxBytes) throw tooLarge(maxBytes); // leaving the loop cancels the body
        chunks.push(chunk);
      }
      return join(chunks);
    } catch (error) {
      if (error instanceof CallError || isCancellation(error, signal)) throw error;
      throw new CallError({ kind: "reset" }, { cause: error });
    }
  }
}

/** What a body is read as. */
interface Form<T> {
  /** Reads all at once: the fast way, for a body whose size is known. */
  readonly whole: (response: Response) => Promise<T>;
  readonly join: (chunks: readonly Uint8Array[]) => T;
}

const asText: Form<string> = { whole: (response) => response.text(), join: joinText };

const asBytes: Form<Uint8Array> = {
  whole: async (response) => new Uint8Array(await response.arrayBuffer()),
  join: joinBytes,
};

function joinText(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
}

function tooLarge(limitBytes: number): CallError {
  return new CallError({ kind: "too-large", limitBytes });
}

const utf8 = new TextDecoder();

/** The reply that came whole. */
export function fromBytes(
  status: number,
  fields: readonly (readonly [name: string, value: string])[],
  body: Uint8Array,
): Reply {
  const expectSize = (maxBytes: number) => {
    if (body.length > maxBytes) throw tooLarge(maxBytes);
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
