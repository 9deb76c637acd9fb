import type { Caller } from "../http/caller.ts";
import { refuseInput } from "../http/input.ts";
import { isGranted } from "../http/scopes.ts";

/** The field in which a gateway says for whom it connects: an address, or whatever it tells its users apart by. */
export const CLIENT = "Manifold-Client";

const KEY = /^[\w.:/-]{1,64}$/;

/**
 * Whom to count floods by. All who come through a gateway, as terminals do through the companion, come from its one
 * address: it may say whom it speaks for, if its token has the scope `chat:gateway`. What others say of that does not
 * count: they would have a new allowance as often as they like.
 *
 * @param own By the address that the platform saw.
 * @throws {ProblemError} `bad-request`, for a gateway that says something odd.
 */
export function floodKey(
  { name, scopes }: Caller,
  headers: Headers,
  own: string | undefined,
): string | undefined {
  const client = headers.get(CLIENT);
  if (client === null || !isGranted(scopes, "chat:gateway")) return own;
  if (!KEY.test(client))
    throw refuseInput(CLIENT, "expected 1 to 64 letters, digits and `.`, `:`, `/`, `-`, `_`");
  // With its name, so that none uses up an allowance but of its own users.
  return `via:${name}:${client}`;
}
