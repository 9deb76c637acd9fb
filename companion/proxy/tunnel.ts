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
    account.note({ sentBytes: other.bytesWritten, receivedBytes: other.bytesRead });
    account.close(!one.errored && !other.errored);
  });
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.setTimeout(idleMs, () => from.destroy(new Error("The tunnel was silent for too long")));
    from.once("end", () => {
      // Its own direction is over; what it is still sent counts as activity of both sockets.
      to.setTimeout(halfClosedMs);
      from.setTimeout(halfClosedMs);
    });
    from.on("error", () => resetSocket(to));
    from.once("close", () => {
      if (!from.readableEnded) to.destroy();
    });
    from.pipe(to);
  }
}
