interface SayFormProps {
  readonly name: string;
  /** Whether nothing can be said any more. */
  readonly isOver: boolean;
  readonly onSay: (text: string) => void;
  readonly onType: () => void;
}

/** A place to say something. What is said while there is no connection is sent when there is one again. */
export function SayForm({ name, isOver, onSay, onType }: SayFormProps) {
  const submit = (event: Event) => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem("text") as HTMLInputElement;
    if (field.value.trim() === "") return;
    onSay(field.value);
    field.value = "";
  };
  return (
    <form class="say-form" onSubmit={submit}>
      <input
        name="text"
        aria-label={`Say something as ${name}`}
        placeholder={`Say something as ${name}`}
        maxlength={2_000}
        autocomplete="off"
        disabled={isOver}
        onInput={onType}
      />
      <button type="submit" class="main" disabled={isOver}>
        Send
      </button>
    </form>
  );
}
