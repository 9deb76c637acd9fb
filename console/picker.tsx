import { useState } from "hono/jsx/dom";
import type { CountryName } from "./answers.ts";
import type { Refusal, Unreachable } from "./exchange.ts";
import { findBest, findExact } from "./country-search.ts";

interface PickerProps {
  readonly countries: readonly CountryName[];
  /** The code of the country that is shown. */
  readonly current: string | undefined;
  /** Why there is no list of countries. */
  readonly failure: Refusal | Unreachable | undefined;
  readonly onPick: (code: string) => void;
  readonly onRetry: () => void;
}

/**
 * A field to pick a country by its name or code: from the list, or typed and Enter. It holds what is searched for;
 * what is picked shows in its place when it is empty, so that the whole list is open at every time.
 */
export function Picker({ countries, current, failure, onPick, onRetry }: PickerProps) {
  const [complaint, setComplaint] = useState("");
  const picked = countries.find(({ code }) => code === current)?.name ?? current;

  const pick = (field: HTMLInputElement, found: CountryName | undefined) => {
    if (found === undefined) return;
    field.value = "";
    onPick(found.code);
  };
  const onInput = (event: Event) => {
    setComplaint("");
    const field = event.currentTarget as HTMLInputElement;
    // While someone types, `Niger` may yet become `Nigeria`; an entry of the list is final.
    if (isChosenFromList(event)) pick(field, findExact(countries, field.value));
  };
  const onSubmit = (event: Event) => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem("country") as HTMLInputElement;
    const found = findBest(countries, field.value);
    if (found === undefined && field.value !== "") setComplaint(complain(countries, field.value));
    pick(field, found);
  };

  return (
    <form class="picker" onSubmit={onSubmit}>
      <label for="country">Country</label>
      <div class="field">
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <path d="M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.5 10.5l3.5 3.5" />
        </svg>
        <input
          id="country"
          name="country"
          list="countries"
          autocomplete="off"
          spellcheck={false}
          enterkeyhint="go"
          class={picked === undefined ? undefined : "picked"}
          placeholder={picked ?? "Type a name or a code"}
          aria-describedby="complaint"
          onInput={onInput}
        />
      </div>
      <datalist id="countries">
        {countries.map(({ code, name }) => (
          <option key={code} value={name} label={code} />
        ))}
      </datalist>
      <p id="complaint" class="complaint" role="status">
        {complaint}
      </p>
      {failure !== undefined && (
        <p class="complaint">
          The list of countries did not come.{" "}
          <button type="button" class="link" onClick={onRetry}>
            Load it again
          </button>
        </p>
      )}
    </form>
  );
}

function complain(countries: readonly CountryName[], text: string): string {
  return countries.length === 0 ? "The list of countries is not here yet" : `No country is called “${text}”`;
}

/** Browsers report a chosen entry as a replacement, or as no kind of typing at all. */
function isChosenFromList(event: Event): boolean {
  return !(event instanceof InputEvent) || event.inputType === "insertReplacementText";
}
