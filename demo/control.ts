import { parseFaultCommand } from "./fault-command.ts";
import { applyCommand, type FaultTable } from "./faults.ts";
import { json, methodNotAllowed, refused, type Reply } from "./reply.ts";
import type { Stats } from "./stats.ts";

/** What the control routes show and change. */
export interface ControlState {
  faults: FaultTable;
  readonly stats: Stats;
}

type Operation = (state: ControlState, body: string) => Reply;

const OPERATIONS: ReadonlyMap<string, Readonly<Record<string, Operation>>> = new Map([
  ["/_control", { GET: showFaults, POST: setFaults }],
  ["/_stats", { GET: showStats, DELETE: resetStats }],
  ["/_stats/reset", { POST: resetStats }],
]);

/** Whether a path is one of the control routes, which are neither counted nor faulted. */
export function isControlPath(path: string): boolean {
  return OPERATIONS.has(path);
}

/** Answers a call of a control route; it takes effect before this returns. */
export function controlReply(state: ControlState, method: string, path: string, body: string): Reply {
  const operations = OPERATIONS.get(path) ?? {};
  const operation = operations[method];
  return operation === undefined ? methodNotAllowed(method, Object.keys(operations)) : operation(state, body);
}

function showFaults({ faults }: ControlState): Reply {
  return json({ faults });
}

function setFaults(state: ControlState, body: string): Reply {
  const command = parseFaultCommand(body);
  if (!command.ok) return refused(command.refusal);
  state.faults = applyCommand(state.faults, command.value);
  return showFaults(state);
}

function showStats({ stats }: ControlState): Reply {
  return json(stats.report());
}

function resetStats(state: ControlState): Reply {
  state.stats.reset();
  return showStats(state);
}
