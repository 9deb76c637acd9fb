import { isObject } from "./is-object.ts";

const KEY = "manifold-token";

const listeners = new Set<() => void>();

/** The token that this tab asks with, where the door is shut; `undefined` until one is given. */
export function getToken(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}

/** Keeps a token until the tab is closed; `undefined` forgets it. */
export function setToken(token: string | undefined): void {
  if (token === undefined) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, token);
  for (const listener of listeners) listener();
}

/** Calls back on every change, until the returned function is called. */
export function subscribeToToken(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Header fields of a request, with the token if there is one. */
export function withToken(headers: Readonly<Record<string, string>>): Record<string, string> {
  const token = getToken();
  return { ...headers, ...(token !== undefined && { Authorization: `Bearer ${token}` }) };
}

const INSUFFICIENT = "urn:manifold:problem:insufficient-scope";

/** Whether an answer asks for a token, or for another one. */
export function needsToken(status: number, problem: unknown): boolean {
  return status === 401 || (isObject(problem) && problem["type"] === INSUFFICIENT);
}
