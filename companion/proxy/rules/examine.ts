import { type OwnAnswer, Refusal, type RefusalKind } from "../refusal.ts";
import type { Check } from "./credentials.ts";
import { type RawFields, readFields, type RequestFields } from "./fields.ts";
import { framingFault } from "./framing.ts";
import { localAnswer } from "./local-answer.ts";
import { type Destination, readAuthority, readTarget, type Target } from "./target.ts";
import { hasBeenHere } from "./via.ts";

/** A request as Node's parser gives it. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly raw: RawFields;
}

/** What a request is judged by. */
export interface Rules {
  readonly pseudonym: string;
  readonly mayUse: Check;
}

/** A request that may go on, as far as can be told without looking at its destination. */
export interface Examined {
  readonly method: string;
  readonly httpVersion: string;
  readonly target: Target;
  readonly fields: RequestFields;
  /** Whether content comes after the head. */
  readonly hasBody: boolean;
}

export type Examination =
  | { readonly outcome: "forward"; readonly request: Examined }
  | { readonly outcome: "answer"; readonly answer: OwnAnswer }
  | { readonly outcome: "refuse"; readonly refusal: Refusal };

/** Judges a request that is not CONNECT: whether it can be read, who sends it, and what becomes of it. */
export function examineRequest(head: RequestHead, rules: Rules): Examination {
  const { method, httpVersion, url, raw } = head;
  const fields = readFields(raw);
  const fault = framingFault({ method, httpVersion, fields });
  if (fault !== undefined) return refuse(fault.kind, fault.reason);
  const target = readTarget(method, url);
  if (!target.ok) return refuse("malformed", target.reason);
  const [hops] = fields.maxForwards;
  if (hops !== undefined && method === "OPTIONS" && !/^\d{1,9}$/.test(hops)) {
    return refuse("malformed", "Max-Forwards is not a number");
  }
  const refusal = senderRefusal(fields, rules);
  if (refusal !== undefined) return { outcome: "refuse", refusal };
  const answer = localAnswer({ method, fields, url, httpVersion, raw });
  if (answer !== undefined) return { outcome: "answer", answer };
  const hasBody = fields.transferEncodings.length > 0 || Number(fields.contentLengths[0] ?? 0) > 0;
  return { outcome: "forward", request: { method, httpVersion, target: target.value, fields, hasBody } };
}

/** Judges a CONNECT. */
export function examineConnect(head: RequestHead, rules: Rules): Destination | Refusal {
  const { method, httpVersion, url, raw } = head;
  const fields = readFields(raw);
  const fault = framingFault({ method, httpVersion, fields });
  if (fault !== undefined) return new Refusal(fault.kind, fault.reason);
  const destination = readAuthority(url);
  if (!destination.ok) return new Refusal("malformed", destination.reason);
  return senderRefusal(fields, rules) ?? destination.value;
}

function senderRefusal(fields: RequestFields, { mayUse, pseudonym }: Rules): Refusal | undefined {
  if (!mayUse(fields.proxyAuthorizations)) {
    return new Refusal("credentials", "this proxy asks for a name and a password");
  }
  if (hasBeenHere(fields.via, pseudonym)) {
    return new Refusal("loop", "this request has come through here before");
  }
  return undefined;
}

function refuse(kind: RefusalKind, reason: string): Examination {
  return { outcome: "refuse", refusal: new Refusal(kind, reason) };
}
