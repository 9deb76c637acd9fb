import { useSyncExternalStore } from "hono/jsx/dom";
import { Logo } from "./logo.tsx";
import { getToken, setToken, subscribeToToken } from "./token.ts";

/** The slim bar on top: the name, the tabs, and a line that moves while an answer is on its way. */
export function Header({ isBusy }: { readonly isBusy: boolean }) {
  const hasToken = useSyncExternalStore(subscribeToToken, () => getToken() !== undefined);
  return (
    <header class="top">
      <a class="brand" href="#">
        <Logo />
        Manifold
      </a>
      <nav aria-label="Capabilities">
        <a href="#" aria-current="page">
          Aggregate
        </a>
      </nav>
      {hasToken && (
        <button type="button" class="forget" onClick={() => setToken(undefined)}>
          Forget the token
        </button>
      )}
      {isBusy && <div class="progress" />}
    </header>
  );
}
