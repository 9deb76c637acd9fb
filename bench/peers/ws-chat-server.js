// A plain broadcast server on ws: node ws-chat-server.js <port>. Speaks as much of chat.v1 as it has a use for.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const rooms = new Map();
const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });

server.on("connection", (socket, { url }) => {
  const room = rooms.get(url) ?? { seq: 0, users: 0, sockets: new Set() };
  rooms.set(url, room);
  room.sockets.add(socket);
  room.users += 1;
  const uid = `u${room.users}`;
  let name = uid;
  socket.on("message", (data) => {
    const frame = JSON.parse(data);
    if (frame.t === "hello") {
      name = frame.name;
      socket.send(JSON.stringify({ t: "welcome", uid, name, seq: room.seq, count: room.sockets.size }));
      return;
    }
    room.seq += 1;
    const message = { t: "msg", seq: room.seq, uid, name, text: frame.text, ts: Date.now() };
    socket.send(JSON.stringify({ t: "ok", id: frame.id, seq: message.seq, ts: message.ts }));
    // Written once, and not once a socket.
    const bytes = Buffer.from(JSON.stringify(message));
    for (const other of room.sockets) other.send(bytes, { binary: false });
  });
  socket.on("error", () => socket.terminate());
  socket.on("close", () => {
    room.sockets.delete(socket);
    if (room.sockets.size === 0) rooms.delete(url);
  });
});

http.listen({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4096 });
