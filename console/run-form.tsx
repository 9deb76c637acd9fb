import { fillPath, paramsOf, type Params } from "./route-path.ts";

interface RunFormProps {
  /** The endpoint's path, as declared. */
  readonly path: string;
  readonly params: Params;
  readonly query: string;
  readonly isRunning: boolean;
  /** @param path Filled in. */
  readonly onRun: (path: string, query: string) => void;
  readonly onStop: () => void;
}

/** What an endpoint is to be asked: a field for each parameter of its path, and one for the query. */
export function RunForm({ path, params, query, isRunning, onRun, onStop }: RunFormProps) {
  const fields = paramsOf(path);
  const onSubmit = (event: Event) => {
    event.preventDefault();
    const { elements } = event.currentTarget as HTMLFormElement;
    const valueOf = (name: string) => (elements.namedItem(name) as HTMLInputElement).value.trim();
    const values = Object.fromEntries(fields.map(({ name }) => [name, valueOf(`param-${name}`)]));
    onRun(fillPath(path, values), valueOf("query").replace(/^\?/, "").replaceAll("#", "%23"));
  };
  const onClickStop = (event: Event) => {
    // The button goes away, and with it the place of whoever uses the keyboard.
    (event.currentTarget as HTMLButtonElement).form?.querySelector<HTMLElement>("[type=submit]")?.focus();
    onStop();
  };
  return (
    <form class="run-form" onSubmit={onSubmit}>
      {fields.map(({ name, isOptional }) => (
        <div key={name} class="param">
          <label for={`param-${name}`}>
            {name}
            {isOptional && <span class="muted"> (optional)</span>}
          </label>
          <input
            id={`param-${name}`}
            name={`param-${name}`}
            value={params[name] ?? ""}
            required={!isOptional}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            enterkeyhint="go"
          />
        </div>
      ))}
      <div class="query">
        <label for="query">Query</label>
        <input
          id="query"
          name="query"
          value={query}
          placeholder="name=value&other=value"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          enterkeyhint="go"
        />
      </div>
      <button type="submit" class="main">
        {isRunning ? "Run again" : "Run"}
      </button>
      {isRunning && (
        <button type="button" onClick={onClickStop}>
          Stop
        </button>
      )}
    </form>
  );
}
