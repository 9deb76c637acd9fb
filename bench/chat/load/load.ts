import { fork } from "node:child_process";
import { once } from "node:events";
import type { OrderKind, Orders } from "./orders.ts";

/** Talks in rooms from a process of its own, one order at a time. */
export interface ChatLoad extends AsyncDisposable {
  make<Kind extends OrderKind>(kind: Kind, order: Orders[Kind]["order"]): Promise<Orders[Kind]["report"]>;
}

export function startChatLoad(): ChatLoad {
  const child = fork(new URL("generator.ts", import.meta.url));
  return {
    async make<Kind extends OrderKind>(kind: Kind, order: Orders[Kind]["order"]) {
      child.send({ kind, ...order });
      // The generator sends nothing else.
      const [answer] = (await once(child, "message")) as [
        { readonly report?: Orders[Kind]["report"]; readonly error?: string },
      ];
      if (answer.report === undefined)
        throw new Error(`The generator could not \`${kind}\`: ${answer.error}`);
      return answer.report;
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
