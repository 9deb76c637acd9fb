import type * as z from "zod";
import { type Connection, listen, type Surroundings } from "../listen.ts";
import type { Service } from "../service.ts";
import { chunkFraming, lineFraming } from "./frame.ts";
import type { ECHO_OPTIONS } from "./options.ts";

type EchoOptions = Omit<z.output<typeof ECHO_OPTIONS>, "port"> & { readonly port: number };

/** Answers whatever anybody says, byte for byte. @throws What the system says when it cannot listen. */
export async function startEcho(
  { port, host, framing, connections, perAddress, idleMs }: EchoOptions,
  surroundings: Surroundings,
): Promise<Service> {
  return await listen({
    ...surroundings,
    name: "echo",
    where: { host, port },
    caps: { total: connections, perAddress },
    idleMs,
    onConnection: (connection) => echo(connection, framing),
  });
}

/** @returns Ends it, once what has been read is answered. */
function echo({ socket, entry, guard }: Connection, framing: EchoOptions["framing"]): () => void {
  const frames = framing === "line" ? lineFraming() : chunkFraming();
  entry.state = "reading";
  const say = (answer: Buffer) => {
    // Who goes on talking while we drain is read, so that the end of what was answered reaches them.
    if (answer.length === 0 || socket.writableEnded || socket.write(answer)) return;
    // Whoever does not read is not read: what we hold for them is one answer at most.
    socket.pause();
    entry.state = "paused";
    entry.waitsFor = "the peer to read";
  };
  const finish = () => {
    if (socket.writableEnded) return;
    say(frames.end());
    socket.end();
    entry.state = "closing";
  };
  socket.on(
    "data",
    guard((bytes: Buffer) => say(frames.take(bytes))),
  );
  socket.on(
    "drain",
    guard(() => {
      entry.state = "reading";
      entry.waitsFor = undefined;
      socket.resume();
    }),
  );
  socket.on("end", guard(finish));
  return finish;
}
