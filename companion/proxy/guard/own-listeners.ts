import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";

/** A place where this process listens. */
interface Listener {
  readonly address: string;
  readonly port: number;
}

/** Whether a connection to an address and a port ends at this process. */
export type IsOwn = (address: string, port: number) => boolean;

/**
 * Knows this process's own listeners by every address that leads to them: who listens at all of them is met at each one
 * of this machine's, and who connects to 0.0.0.0 arrives at loopback.
 *
 * @param addresses As services say them: `host:port`; the path of a Unix socket is nowhere that could be connected to.
 *   Asked each time, for services come and go.
 */
export function ownListeners(
  addresses: () => readonly string[],
  addressesOfThisMachine: () => readonly string[] = interfaceAddresses,
): IsOwn {
  return (address, port) => {
    const same = addresses().flatMap((one) => listenerAt(one, port) ?? []);
    if (same.length === 0) return false;
    const wanted = normal(address);
    if (isLoopbackOrAny(wanted)) {
      return same.some((listener) => isLoopbackOrAny(normal(listener.address)));
    }
    const isHere = addressesOfThisMachine().some((one) => normal(one) === wanted);
    return same.some((listener) => {
      const bound = normal(listener.address);
      return bound === wanted || (isHere && isAny(bound));
    });
  };
}

/** Takes `host:port` apart, if it is the port in question. */
function listenerAt(text: string, port: number): Listener | undefined {
  // Nearly none has: this is asked for each connection.
  if (!text.endsWith(`:${port}`)) return undefined;
  const [, address, digits] = /^\[?([\da-f.:]+?)\]?:(\d+)$/i.exec(text) ?? [];
  return address === undefined || Number(digits) !== port ? undefined : { address, port };
}

function interfaceAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
}

/** One spelling an address; an IPv4 address in IPv6's clothes is the IPv4 address. */
function normal(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}

function isAny(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

function isLoopbackOrAny(address: string): boolean {
  return isAny(address) || (ipaddr.isValid(address) && ipaddr.parse(address).range() === "loopback");
}
