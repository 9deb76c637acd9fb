import { useState } from "hono/jsx/dom";
import type { Refusal, Unreachable } from "../exchange.ts";
import type { Why } from "./answers.ts";
import { WhyWords } from "./why-words.tsx";

/** Asks why a URL is in the crawl, or is not. */
export function WhyForm({
  onAsk,
}: {
  readonly onAsk: (url: string) => Promise<Why | Refusal | Unreachable>;
}) {
  const [answer, setAnswer] = useState<Why | Refusal | Unreachable | undefined>(undefined);
  const submit = async (event: Event) => {
    event.preventDefault();
    const { elements } = event.currentTarget as HTMLFormElement;
    setAnswer(await onAsk((elements.namedItem("url") as HTMLInputElement).value.trim()));
  };
  return (
    <section class="panel" aria-labelledby="why-heading">
      <h2 id="why-heading" class="caption">
        Why is a URL in it, or not?
      </h2>
      <form class="why-form" onSubmit={(event: Event) => void submit(event)}>
        <input name="url" type="url" required aria-label="URL" autocomplete="off" spellcheck={false} />
        <button type="submit">Ask</button>
      </form>
      <WhyWords answer={answer} />
    </section>
  );
}
