import type { Policy } from "./answers.ts";
import type { Mode } from "./volley.ts";

/** A row is drawn for each call. */
const MOST_CALLS = 100;

interface FireFormProps {
  readonly policies: readonly Policy[];
  readonly chosen: Policy | undefined;
  readonly initialKey: string;
  readonly isFiring: boolean;
  readonly onAim: (key: string) => void;
  readonly onFire: (count: number, mode: Mode) => void;
  readonly onStop: () => void;
}

/** Which limit, counted for whom; how many calls to fire at it, and whether they wait. */
export function FireForm({ policies, chosen, initialKey, isFiring, ...on }: FireFormProps) {
  const submit = (event: Event) => {
    event.preventDefault();
    const { elements } = event.currentTarget as HTMLFormElement;
    const valueOf = (name: string) => (elements.namedItem(name) as HTMLInputElement | RadioNodeList).value;
    on.onFire(Number(valueOf("count")), valueOf("mode") === "wait" ? "wait" : "try");
  };
  const stop = (event: Event) => {
    // The button goes away, and with it the place of whoever uses the keyboard.
    (event.currentTarget as HTMLButtonElement).form?.querySelector<HTMLElement>("[type=submit]")?.focus();
    on.onStop();
  };
  return (
    <section class="panel" aria-labelledby="fire-heading">
      <h2 id="fire-heading">Fire calls</h2>
      <form class="fire-form" onSubmit={submit}>
        <div class="half">
          <label for="limit">Limit</label>
          <select id="limit" value={chosen?.name ?? ""} onChange={choose}>
            {chosen === undefined && <option value="">Choose one</option>}
            {policies.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <div class="half">
          <label for="key">Key, for whom it counts</label>
          <input
            id="key"
            value={initialKey}
            required
            maxlength={512}
            autocomplete="off"
            spellcheck={false}
            onInput={(event: Event) => on.onAim((event.currentTarget as HTMLInputElement).value)}
          />
        </div>
        <div>
          <label for="count">Calls at once</label>
          <input id="count" name="count" type="number" min={1} max={MOST_CALLS} value={20} required />
        </div>
        <fieldset class="choice">
          <legend>Where there is no token</legend>
          <label>
            <input type="radio" name="mode" value="wait" checked /> wait for one
          </label>
          <label>
            <input type="radio" name="mode" value="try" /> be refused
          </label>
        </fieldset>
        <p class="buttons">
          <button type="submit" class="main" disabled={chosen === undefined}>
            Fire
          </button>
          {isFiring && (
            <button type="button" onClick={stop}>
              Stop
            </button>
          )}
        </p>
      </form>
    </section>
  );
}

function choose(event: Event): void {
  location.hash = `limits/${(event.currentTarget as HTMLSelectElement).value}`;
}
