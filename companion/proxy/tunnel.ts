import type { Socket } from "node:net";
import type { Account } from "./account.ts";
import { resetSocket } from "./reset-socket.ts";

/** How long a tunnel may be silent. */
interface TunnelLimits {
  readonly idleMs: number;
  /** When one side has said all it will say. */
  readonly halfClosedMs: number;
}

/**
 * Joins two sockets byte for byte. Each direction ends by itself; when one has, the other has its own, shorter time. A
 * fault of one side resets the other, so that nobody takes what came for all there was.
 */
export function joinTunnel(
  one: Socket,
  other: Socket,
  { idleMs, halfClosedMs }: TunnelLimits,
  account: Account,
): void {
  one.once("close", () => {
    const error = one.errored ?? other.errored;
    account.note({ sentBytes: other.bytesWritten, receivedBytes: other.bytesRead });
    if (error !== null) account.note({ why: error.message });
    account.close(error === null);
  });
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.setTimeout(idleMs, () => from.destroy(new Error("The tunnel was silent for too long")));
    // What `pipe` does, with a third of its listeners.
    from.on("data", (bytes: Buffer) => {
      if (!to.write(bytes)) from.pause();
    });
    to.on("drain", () => from.resume());
    const onEnd = () => {
      to.end();
      // Its own direction is over; what it is still sent counts as activity of both sockets.
      to.setTimeout(halfClosedMs);
      from.setTimeout(halfClosedMs);
    };
    // Who said all it had to say with CONNECT may have ended before there was anybody to tell.
    if (from.readableEnded) process.nextTick(onEnd);
    else from.once("end", onEnd);
    from.on("error", () => resetSocket(to));
    from.once("close", () => {
      // Not by both having said all.
      if (!from.readableEnded || !to.readableEnded) to.destroy();
    });
  }
}
