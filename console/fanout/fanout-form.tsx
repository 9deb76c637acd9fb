import { useState } from "hono/jsx/dom";
import { type Fanout, fanoutOf, mistakeIn, type Mode } from "./fanout.ts";

interface FanoutFormProps {
  /** What was asked last. */
  readonly last: Fanout | undefined;
  readonly isRunning: boolean;
  readonly onRun: (fanout: Fanout) => void;
  readonly onStop: () => void;
}

/** What is to be asked all at once. */
export function FanoutForm({ last, isRunning, onRun, onStop }: FanoutFormProps) {
  const [mistake, setMistake] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    const { elements } = event.currentTarget as HTMLFormElement;
    const valueOf = (name: string) => (elements.namedItem(name) as HTMLTextAreaElement).value;
    const fanout = fanoutOf(valueOf("urls"), valueOf("mode") as Mode);
    setMistake(mistakeIn(fanout));
    if (mistakeIn(fanout) === "") onRun(fanout);
  };
  const stop = (event: Event) => {
    // The button goes away, and with it the place of whoever uses the keyboard.
    (event.currentTarget as HTMLButtonElement).form?.querySelector<HTMLElement>("[type=submit]")?.focus();
    onStop();
  };
  return (
    <section class="panel" aria-labelledby="fanout-heading">
      <h2 id="fanout-heading">Ask many at once</h2>
      <form class="stacked-form" onSubmit={submit}>
        <label for="urls">URLs, one a line</label>
        <textarea id="urls" name="urls" class="lines" rows={8} spellcheck={false} autocomplete="off">
          {last?.requests.map(({ url }) => url).join("\n") ?? ""}
        </textarea>
        <label for="mode">It ends</label>
        <select id="mode" name="mode" value={last?.mode ?? "settled"}>
          <option value="settled">when all have ended</option>
          <option value="all">when all have succeeded, or one has failed</option>
          <option value="first">when one has succeeded</option>
        </select>
        {mistake !== "" && (
          <p class="complaint" role="alert">
            {mistake}
          </p>
        )}
        <div class="buttons">
          <button type="submit" class="main">
            {isRunning ? "Run again" : "Run"}
          </button>
          {isRunning && (
            <button type="button" onClick={stop}>
              Stop
            </button>
          )}
        </div>
      </form>
    </section>
  );
}
