import { Logo } from "./logo.tsx";

/** The slim bar on top: the name, the tabs, and a line that moves while an answer is on its way. */
export function Header({ isBusy }: { readonly isBusy: boolean }) {
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
      {isBusy && <div class="progress" />}
    </header>
  );
}
