import { readExchange, refusal, type Refusal, type Unreachable, unreachable } from "../exchange.ts";
import { withToken } from "../token.ts";
import { pathOf } from "./answers.ts";

/**
 * Has the browser save a file that needs a token, which a link does not carry: all of it is fetched first.
 *
 * @returns Why it was not saved, if it was not.
 */
export async function saveFile(key: string): Promise<Refusal | Unreachable | undefined> {
  const target = pathOf(key);
  try {
    const response = await fetch(target, { headers: withToken({}) });
    if (!response.ok) return refusal(await readExchange(target, response));
    const url = URL.createObjectURL(await response.blob());
    const link = document.createElement("a");
    link.href = url;
    link.download = key.slice(key.lastIndexOf("/") + 1);
    link.click();
    URL.revokeObjectURL(url);
    return undefined;
  } catch (error) {
    return unreachable(target, error);
  }
}
