import { type Debugger, Session } from "node:inspector";

/** A stack is told of as far as this. */
const MOST_FRAMES = 40;

/**
 * Stops the main thread for a moment, by the inspector, to see where it is; also in the middle of a loop. What it does in
 * the engine or in a library of the system cannot be stopped: then it is seen when it comes back from there.
 *
 * Nothing is left attached: a debugger costs, and one that waits stops the process.
 *
 * @param onStack Is told once at most: a line a frame, the innermost first.
 * @returns Disposing of it gives up.
 * @throws What Node says where it has no inspector.
 */
export function takeMainStack(onStack: (frames: readonly string[]) => void): Disposable {
  const session = new Session();
  let isOver = false;
  const finish = () => {
    if (isOver) return;
    isOver = true;
    // Also takes back a pause that has not come yet, and ends one that has.
    session.disconnect();
  };
  session.connectToMainThread();
  /** Of scripts, by their id: frames have the id only. */
  const urls = new Map<string, string>();
  session.on("Debugger.scriptParsed", ({ params }) => void urls.set(params.scriptId, params.url));
  session.once("Debugger.paused", ({ params }) => {
    session.post("Debugger.resume");
    finish();
    onStack(params.callFrames.slice(0, MOST_FRAMES).map((frame) => lineOf(frame, urls)));
  });
  session.post("Debugger.enable");
  session.post("Debugger.pause");
  return { [Symbol.dispose]: finish };
}

/** As a stack of an error has it; the inspector counts lines and columns from 0. */
function lineOf({ functionName, location }: Debugger.CallFrame, urls: ReadonlyMap<string, string>): string {
  const { scriptId, lineNumber, columnNumber = 0 } = location;
  const place = `${urls.get(scriptId) ?? "?"}:${lineNumber + 1}:${columnNumber + 1}`;
  return functionName === "" ? `at ${place}` : `at ${functionName} (${place})`;
}
