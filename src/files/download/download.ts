import { type CancelSignal, type Clock, fullJitterMs, sleep, withTimeout } from "#kernel";
import type { GuardPolicy } from "../../http/address-guard.ts";
import { AddressError, guardedFetch, type OutgoingPorts } from "../../http/guarded-fetch.ts";
import type { StoredFile } from "../bucket.ts";
import { fieldsForRest, isEnd, isRest, readEntity } from "./entity.ts";
import { DownloadError, refuse } from "./failure.ts";
import { type Filling, openFilling, type Store } from "./filling.ts";
import { describeProgress } from "./meter.ts";
import { readInto } from "./read.ts";
import type { Download } from "./request.ts";

/** What a download is made with. */
export interface DownloadPorts {
  readonly store: Store;
  readonly fetch: OutgoingPorts["fetch"];
  readonly policy: GuardPolicy;
  readonly signal: CancelSignal;
  readonly clock: Clock;
  epochMs(this: void): number;
  random(this: void): number;
  progress(this: void, fraction: number, note: string): void;
  /** Rejects where somebody else may be at it by now: then nothing appears. */
  confirm(this: void): Promise<void>;
}

/** What a download came to. */
export interface Downloaded {
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
}

const MOST_REDIRECTS = 5;
/** How often in a row a download goes on after a fault that brought nothing. */
const MOST_FAULTS = 5;
const BACKOFF = { baseMs: 200, capMs: 10_000 };
const PROGRESS_MS = 250;

/**
 * Downloads a file into the bucket, where there is none of its key yet. A body that breaks off or stalls goes on where it
 * was if the other side can show that the file is the same. The file appears in one moment, after its length and digest
 * were checked; until then an abort leaves nothing.
 *
 * @throws {DownloadError} The reason of `signal`.
 */
export async function download(request: Download, ports: DownloadPorts): Promise<Downloaded> {
  const { signal, clock, store } = ports;
  const earlier = await ownFile(request.key, store);
  if (earlier !== undefined) return downloaded(earlier);
  let filling: Filling | undefined;
  try {
    const begin = (response: Response) => {
      return (filling = openFilling(readEntity(response, ports.epochMs()), request, store));
    };
    const fill = async (own: CancelSignal) => await fillUp(request, { ...ports, signal: own }, begin);
    const full = await withTimeout(fill, request.totalTimeoutMs, { signal, clock });
    await full.check();
    await ports.confirm();
    signal.throwIfAborted();
    // From here on it is too late to cancel.
    const file = (await full.sink.commit()) ?? (await ownFile(request.key, store));
    if (file === undefined) throw taken(request.key);
    return downloaded(file);
  } catch (error) {
    // What cannot be put away now is in the log, for whoever comes later.
    await filling?.sink.abort(error).catch(() => undefined);
    throw error;
  }
}

/** Fills a file, with as many connections as it takes. */
async function fillUp(
  request: Download,
  ports: DownloadPorts,
  begin: (response: Response) => Filling,
): Promise<Filling> {
  const reading = { ...ports, idleTimeoutMs: request.idleTimeoutMs, onChunk: progressTo(ports) };
  let filling: Filling | undefined;
  let reached = 0;
  for (let faults = 0; ;) {
    try {
      const response = await connect(request, ports, filling);
      if (filling !== undefined && isEnd(response, filling.entity, filling.meter.bytes)) {
        await response.body?.cancel();
        return filling;
      }
      if (filling === undefined || !isRest(response, filling.entity, filling.meter.bytes)) {
        await startOver(filling, response);
        try {
          filling = begin(response);
        } catch (error) {
          await response.body?.cancel();
          throw error;
        }
      }
      await readInto(filling, response, reading);
      const { length } = filling.entity;
      if (length === undefined || filling.meter.bytes === length) return filling;
      throw new Error(`Expected ${length} bytes, got ${filling.meter.bytes}`);
    } catch (error) {
      ports.signal.throwIfAborted();
      if (error instanceof DownloadError) throw error;
      faults = (filling?.meter.bytes ?? 0) > reached ? 1 : faults + 1;
      reached = Math.max(reached, filling?.meter.bytes ?? 0);
      if (filling?.entity.etag === undefined || faults > MOST_FAULTS) throw brokenOff(error);
      await sleep(fullJitterMs(faults, BACKOFF, ports.random), ports.signal, ports.clock);
    }
  }
}

/** Asks for the file, or for the rest of it. */
async function connect(
  request: Download,
  ports: DownloadPorts,
  filling: Filling | undefined,
): Promise<Response> {
  const { url, headers, idleTimeoutMs } = request;
  const { fetch, policy, clock } = ports;
  const rest =
    filling?.entity.etag === undefined ? {} : fieldsForRest(filling.entity.etag, filling.meter.bytes);
  const ownHeaders = { "Accept-Encoding": "identity", ...rest };
  const ask = async (signal: CancelSignal) =>
    await guardedFetch(
      { url, headers, ownHeaders },
      { fetch, policy, signal, mostRedirects: MOST_REDIRECTS },
    );
  try {
    return await withTimeout(ask, idleTimeoutMs, { signal: ports.signal, clock });
  } catch (error) {
    throw error instanceof AddressError ? refuse(error.message, error) : error;
  }
}

/** Lets go of what an answer does not carry on. */
async function startOver(filling: Filling | undefined, response: Response): Promise<void> {
  if (response.status !== 200) await response.body?.cancel();
  if (filling === undefined) return;
  // In trouble, and not another file.
  if (response.status >= 500 || response.status === 429)
    throw new Error(`It answered with status ${response.status}`);
  await filling.sink.abort(new Error("The file has changed"));
}

function brokenOff(cause: unknown): DownloadError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new DownloadError(`It broke off: ${why}`, { isRetryable: true, cause });
}

/** The file of an attempt before this one, which did not come to say so. @throws {DownloadError} When it is another's. */
async function ownFile(key: string, { bucket, owner }: Store): Promise<StoredFile | undefined> {
  const file = await bucket.head(key);
  if (file === null) return undefined;
  if (file.customMetadata?.["owner"] === owner) return file;
  throw taken(key);
}

const taken = (key: string) => refuse(`Expected no file \`${key}\` to be there yet`);

const downloaded = ({ key, size, httpEtag }: StoredFile): Downloaded => ({
  key,
  bytes: size,
  etag: httpEtag,
});

function progressTo({ clock, progress }: DownloadPorts): (filling: Filling) => void {
  let toldMs = -Infinity;
  return ({ meter, entity: { length } }) => {
    if (clock.now() - toldMs < PROGRESS_MS) return;
    toldMs = clock.now();
    progress(length === undefined ? 0 : meter.bytes / length, describeProgress(meter, length));
  };
}
