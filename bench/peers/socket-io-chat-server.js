// A plain broadcast server on Socket.IO, over WebSockets alone: node socket-io-chat-server.js <port>.
import { createServer } from "node:http";
import { Server } from "socket.io";

const sequences = new Map();
const http = createServer();
const server = new Server(http, { transports: ["websocket"], serveClient: false });

server.on("connection", (socket) => {
  const { room } = socket.handshake.query;
  void socket.join(room);
  socket.on("send", ({ id, text }) => {
    const seq = (sequences.get(room) ?? 0) + 1;
    sequences.set(room, seq);
    const message = { seq, uid: socket.id, name: socket.id, text, ts: Date.now() };
    socket.emit("ok", { id, seq, ts: message.ts });
    server.to(room).emit("msg", message);
  });
});

http.listen({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4096 });
