import { createServer } from "node:net";

/** `node node-echo.ts <port>`: no more than it takes, with no limits, to answer what is read. */
const PREFIX = Buffer.from("Echo: ");

createServer({ noDelay: true }, (socket) => {
  socket.on("data", (bytes: Buffer) => void socket.write(Buffer.concat([PREFIX, bytes])));
  socket.on("error", () => socket.destroy());
}).listen({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4_096 });
