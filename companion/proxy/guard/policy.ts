import type { ProxyOptions } from "../options.ts";
import { allowList } from "./allow-list.ts";
import type { GuardPolicy } from "./judge.ts";
import { ownListeners } from "./own-listeners.ts";

/**
 * The policy that the options make.
 *
 * @param ownAddresses Where this process listens, as `host:port`.
 */
export function guardPolicy(
  { allow, ports, connectPorts }: Pick<ProxyOptions, "allow" | "ports" | "connectPorts">,
  ownAddresses: () => readonly string[],
): GuardPolicy {
  return {
    allow: allowList(allow),
    ports: { request: ports, tunnel: connectPorts },
    isOwn: ownListeners(ownAddresses),
  };
}
