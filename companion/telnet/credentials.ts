import ipaddr from "ipaddr.js";
import { CLIENT } from "../../src/chat/gateway.ts";
import { neighbourhoodOf } from "../admission.ts";

/**
 * What a room is shown: our token, and for whom we come. It counts floods by that, if the token has the scope
 * `chat:gateway`. Whoever comes from this machine comes for many, or for nobody: of them nothing is said.
 *
 * @param address Where the terminal is.
 */
export function credentialsFor(token: string, address: string | undefined): Readonly<Record<string, string>> {
  const isKnown = address !== undefined && ipaddr.process(address).range() !== "loopback";
  return {
    ...(token !== "" && { authorization: `Bearer ${token}` }),
    ...(isKnown && { [CLIENT]: neighbourhoodOf(address) }),
  };
}
