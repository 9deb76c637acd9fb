import { useEffect, useRef } from "hono/jsx/dom";

interface SayFormProps {
  readonly name: string;
  /** Whether nothing can be said any more. */
  readonly isOver: boolean;
  readonly onSay: (text: string) => void;
  readonly onType: () => void;
}

/** A place to say something, where the cursor is from the beginning. What is said while there is no connection is sent when there is one again. */
export function SayForm({ name, isOver, onSay, onType }: SayFormProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    const { current } = field;
    if (current === null || current.value.trim() === "") return;
    onSay(current.value);
    current.value = "";
  };
  return (
    <form class="say-form" onSubmit={submit}>
      <input
        name="text"
        ref={field}
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
