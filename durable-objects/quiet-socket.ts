/** To a socket that has just closed nothing can be sent; that it closed, its object is told next. */
export function sendQuietly(socket: WebSocket, text: string): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(text);
}

/** Closes a socket, unless that has happened. */
export function closeQuietly(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState === WebSocket.OPEN || socket.readyState === WebSocket.CLOSING) {
    try {
      socket.close(code, reason);
    } catch (error) {
      // Closed on both sides already, as the platform may do by itself.
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    }
  }
}
