import { useSyncExternalStore } from "hono/jsx/dom";
import { Logo } from "./logo.tsx";
import { getToken, setToken, subscribeToToken } from "./token.ts";

interface HeaderProps {
  readonly current: "aggregate" | "chat" | "tasks";
  readonly isBusy: boolean;
}

/** The slim bar on top: the name, the tabs, and a line that moves while an answer is on its way. */
export function Header({ current, isBusy }: HeaderProps) {
  const hasToken = useSyncExternalStore(subscribeToToken, () => getToken() !== undefined);
  return (
    <header class="top">
      <a class="brand" href="#">
        <Logo />
        Manifold
      </a>
      <nav aria-label="Capabilities">
        <a href="#" aria-current={current === "aggregate" ? "page" : undefined}>
          Aggregate
        </a>
        <a href="#chat" aria-current={current === "chat" ? "page" : undefined}>
          Chat
        </a>
        <a href="#tasks" aria-current={current === "tasks" ? "page" : undefined}>
          Tasks
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
