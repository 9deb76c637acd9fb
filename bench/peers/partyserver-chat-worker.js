// A plain broadcast room on partyserver, which hibernates. Speaks as much of chat.v1 as it has a use for.
import { routePartykitRequest, Server } from "partyserver";

export class Chat extends Server {
  static options = { hibernate: true };
  #seq = 0;

  onMessage(connection, data) {
    const frame = JSON.parse(data);
    if (frame.t === "hello") {
      const { name } = frame;
      connection.setState({ name });
      connection.send(JSON.stringify({ t: "welcome", uid: connection.id, name, seq: this.#seq }));
      return;
    }
    this.#seq += 1;
    const { id: uid, state } = connection;
    const message = { t: "msg", seq: this.#seq, uid, name: state.name, text: frame.text, ts: Date.now() };
    connection.send(JSON.stringify({ t: "ok", id: frame.id, seq: message.seq, ts: message.ts }));
    this.broadcast(JSON.stringify(message));
  }
}

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default {
  async fetch(request, env) {
    return (await routePartykitRequest(request, env)) ?? new Response("no such room", { status: 404 });
  },
};
