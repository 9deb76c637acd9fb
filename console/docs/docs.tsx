import { render } from "hono/jsx/dom";
import type { ApiDocument } from "./document.ts";
import { Reference } from "./reference.tsx";

const root = document.getElementById("reference");
if (root === null) throw new Error("Expected docs.html to have an element #reference");

/** Shows the document of the Manifold that served this page. */
async function show(place: HTMLElement): Promise<void> {
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new Error(`It answered ${response.status}`);
  // Our own document, whose form our own tests hold.
  render(<Reference document={(await response.json()) as ApiDocument} />, place);
  // What the address points at was not there when the browser looked for it.
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

show(root).catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  render(
    <main>
      <h1>The reference cannot be shown</h1>
      <p role="alert">{reason}</p>
    </main>,
    root,
  );
});
