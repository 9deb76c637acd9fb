import type { ClientState } from "../../src/chat/client.ts";

/** How a connection stands, in a few words. */
export function describeState(state: ClientState): string {
  switch (state.name) {
    case "live":
      return "connected";
    case "offline":
    case "connecting":
    case "greeting":
      return "connecting…";
    case "waiting":
      return "connection lost; trying again";
    case "ended":
      return state.reason === "" ? `closed (${state.code})` : `closed: ${state.reason}`;
  }
}
