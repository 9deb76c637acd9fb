import { useSyncExternalStore } from "hono/jsx/dom";
import { Logo } from "./logo.tsx";
import { getToken, setToken, subscribeToToken } from "./token.ts";

const TABS = [
  ["aggregate", "#", "Aggregate"],
  ["chat", "#chat", "Chat"],
  ["tasks", "#tasks", "Tasks"],
  ["crawls", "#crawls", "Crawls"],
  ["limits", "#limits", "Limits"],
  ["files", "#files", "Files"],
] as const;

interface HeaderProps {
  readonly current: (typeof TABS)[number][0];
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
        {TABS.map(([tab, hash, name]) => (
          <a key={tab} href={hash} aria-current={current === tab ? "page" : undefined}>
            {name}
          </a>
        ))}
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
