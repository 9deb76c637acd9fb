import type { Socket } from "node:net";

/**
 * Breaks a connection off, so that nobody takes what came for all there was.
 *
 * One that is being shut down is closed instead: libuv refuses to reset it (`EINVAL`), and Node (seen in 24.21.0) then
 * forgets it, open as it is.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
