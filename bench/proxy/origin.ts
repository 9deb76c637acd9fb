import { createServer, type Socket } from "node:net";
import { pathToFileURL } from "node:url";

/** What every GET is answered with: 1 KiB. */
export const BODY = Buffer.alloc(1_024, "0123456789abcdef");
const HEAD = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${BODY.length}\r\n\r\n`;
const ANSWER = Buffer.concat([Buffer.from(HEAD), BODY]);

/** What asks, over a tunnel, for bytes without end. */
export const BULK = "bulk\n";
const CLOSES = /\r\nconnection: close\r\n/i;
const PIECE = Buffer.alloc(65_536);

/** Made to cost as little as it can: what it takes of the machine is missing to those who are measured. */
function serve(port: number): void {
  createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (bytes: Buffer) => {
      if (bytes.toString("latin1") === BULK) pour(socket);
      else if (bytes.toString("latin1", 0, 4) !== "GET ") socket.write(bytes);
      else if (CLOSES.test(bytes.toString("latin1"))) socket.end(ANSWER);
      else socket.write(ANSWER);
    });
  }).listen({ port, host: "127.0.0.1", backlog: 4_096 });
}

function pour(socket: Socket): void {
  const write = () => {
    while (socket.writable && socket.write(PIECE));
  };
  socket.on("drain", write);
  write();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) serve(Number(process.argv[2]));
