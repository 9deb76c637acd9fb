import { Server } from "proxy-chain";

const server = new Server({ host: "127.0.0.1", port: Number(process.argv[2]) });
// A failure of one request is its own.
server.on("error", () => undefined);
await server.listen();
