import { Parser } from "htmlparser2";
import { fromWorld } from "./world-fault.ts";

/** What a sitemap lists: pages, or further sitemaps. */
export interface Sitemap {
  readonly lists: "pages" | "sitemaps";
  /** As they stand there, in their order. */
  readonly urls: readonly string[];
}

/** What the protocol allows a file to have: entries, and bytes after decompression. */
export const SITEMAP_LIMITS = { entries: 50_000, bytes: 52_428_800 } as const;

/**
 * Reads a sitemap piece by piece, compressed or not; of one that has more than the protocol allows, as much as it allows.
 *
 * @returns `undefined` for what is none: other XML, other text. Where its compression is broken, what came before.
 * @throws {WorldFault} When the body breaks.
 * @see https://www.sitemaps.org/protocol.html
 */
export async function readSitemap(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  limits: { readonly entries: number; readonly bytes: number } = SITEMAP_LIMITS,
): Promise<Sitemap | undefined> {
  const reading = collectUrls(limits.entries);
  const decoder = new TextDecoder();
  const reader = body.getReader();
  const source = { isBroken: false };
  let left = limits.bytes;
  try {
    for await (const piece of await unzipped(reader, source)) {
      reading.write(decoder.decode(piece.subarray(0, left), { stream: true }));
      left -= piece.byteLength;
      if (left <= 0 || reading.isDone()) break;
    }
  } catch (error) {
    // What is left is that it was compressed badly.
    if (source.isBroken) throw error;
  } finally {
    await fromWorld(async () => await reader.cancel());
    reader.releaseLock();
  }
  return reading.end();
}

/** Bytes that are gzip are so whatever their type and name say. */
async function unzipped(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  source: { isBroken: boolean },
): Promise<ReadableStream<Uint8Array>> {
  const read = async () => {
    try {
      return await fromWorld(async () => await reader.read());
    } catch (error) {
      source.isBroken = true;
      throw error;
    }
  };
  const head: Uint8Array<ArrayBuffer>[] = [];
  let [first, second]: (number | undefined)[] = [];
  while (second === undefined) {
    const { done, value } = await read();
    if (done) break;
    head.push(value);
    [first, second] = head.flatMap((piece) => [...piece.subarray(0, 2)]);
  }
  const whole = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const piece = head.shift() ?? (await read()).value;
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
  });
  return first === 0x1f && second === 0x8b ? whole.pipeThrough(new DecompressionStream("gzip")) : whole;
}

const ROOTS = { urlset: ["pages", "url"], sitemapindex: ["sitemaps", "sitemap"] } as const;

function collectUrls(maxEntries: number) {
  const urls: string[] = [];
  let characters = 0;
  let root: { readonly lists: Sitemap["lists"]; readonly entry: string; readonly loc: string } | undefined;
  let depth = 0;
  let isInEntry = false;
  let text: string | undefined;
  let isOther = false;
  let isTooDeep = false;
  const parser = new Parser(
    {
      onopentag(name) {
        depth += 1;
        isTooDeep ||= depth > MOST_DEPTH;
        if (depth === 1) {
          const [prefix, local] = name.includes(":") ? name.split(":", 2) : ["", name];
          const known = Object.hasOwn(ROOTS, local ?? "") ? ROOTS[local as keyof typeof ROOTS] : undefined;
          isOther = known === undefined;
          if (known === undefined) return;
          const before = prefix === "" ? "" : `${prefix}:`;
          root = { lists: known[0], entry: before + known[1], loc: `${before}loc` };
        }
        if (depth === 2) isInEntry = name === root?.entry;
        if (depth === 3 && isInEntry && name === root?.loc) text = "";
      },
      ontext(piece) {
        if (text !== undefined && text.length <= MOST_CHARACTERS) text += piece;
      },
      onclosetag() {
        depth -= 1;
        if (text === undefined || depth !== 2) return;
        const url = text.trim();
        if (url !== "" && url.length <= MOST_CHARACTERS && urls.length < maxEntries) {
          urls.push(url);
          characters += url.length;
        }
        text = undefined;
      },
    },
    { xmlMode: true },
  );
  return {
    write: (piece: string) => parser.write(piece),
    isDone: () => isOther || isTooDeep || urls.length >= maxEntries || characters >= MOST_OF_ALL,
    /** Not `parser.end()`: it closes what is open, and a URL that is cut off is none. */
    end: (): Sitemap | undefined => root && { lists: root.lists, urls },
  };
}

/** Elements within one another: there are four, and some of extensions. What the parser does at each end grows with them. */
const MOST_DEPTH = 100;
/** The longest URL (sitemaps.org, "Using Sitemap directives"). */
const MOST_CHARACTERS = 2_048;
/** Of all URLs together: they are held in memory, and sent, twice over. */
const MOST_OF_ALL = 8_000_000;
