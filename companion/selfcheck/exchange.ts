import { connect } from "node:net";
import { type CancelSignal, toAbortSignal } from "#kernel";

/** Where a service can be reached from this machine. */
export type Place = { readonly host: string; readonly port: number } | { readonly path: string };

/**
 * Says something to a service, and listens until an answer has come.
 *
 * @param isAnswered Of all that has come so far.
 * @returns What has come.
 * @throws What the system says; or what was heard, when the other side has ended before there was an answer.
 */
export async function exchange(
  place: Place,
  text: string,
  isAnswered: (heard: string) => boolean,
  signal: CancelSignal,
): Promise<string> {
  const socket = connect({ ...place, signal: toAbortSignal(signal) });
  try {
    socket.write(text);
    let heard = "";
    for await (const bytes of socket as AsyncIterable<Buffer>) {
      heard += bytes.toString("utf8");
      if (isAnswered(heard)) return heard;
    }
    throw new Error(heard === "" ? "it hung up" : `it answered ${JSON.stringify(heard.slice(0, 80))}`);
  } finally {
    socket.destroy();
  }
}
