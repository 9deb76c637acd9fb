import { fork } from "node:child_process";
import { once } from "node:events";

/** What the generator is told to do. */
export type EchoOrder =
  | { readonly do: "enter"; readonly port: number; readonly count: number }
  | { readonly do: "talk"; readonly durationMs: number }
  | { readonly do: "leave" };

/** What came of it; `wrong` says what was not as it had to be. */
export interface EchoReport {
  readonly answers: number;
  readonly elapsedMs: number;
  readonly p99Ms: number;
  readonly wrong: string;
}

/** Clients of an echo, in a process of their own. */
export interface EchoLoad extends AsyncDisposable {
  carryOut(order: EchoOrder): Promise<EchoReport>;
}

/** Starts the process. */
export function startEchoLoad(): EchoLoad {
  const child = fork(new URL("generator.ts", import.meta.url));
  return {
    async carryOut(order) {
      child.send(order);
      const [report] = (await once(child, "message")) as [EchoReport]; // it sends nothing else
      return report;
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
