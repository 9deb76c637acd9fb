import { setToken } from "./token.ts";

/** Asks for a token where one is needed, and tries again with it. */
export function TokenForm({ onGiven }: { readonly onGiven: () => void }) {
  const submit = (event: Event) => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem("token");
    const token = field instanceof HTMLInputElement ? field.value.trim() : "";
    if (token === "") return;
    setToken(token);
    onGiven();
  };
  return (
    <form class="token-form" onSubmit={submit}>
      <label for="token">Token</label>
      <input id="token" name="token" type="password" autocomplete="off" spellcheck={false} required />
      <button type="submit" class="main">
        Use it
      </button>
      <p class="muted">Kept until this tab is closed. Made by npm run token.</p>
    </form>
  );
}
