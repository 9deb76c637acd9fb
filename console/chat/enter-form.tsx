import { useEffect, useRef } from "hono/jsx/dom";

interface EnterFormProps {
  readonly room: string;
  /** Whether it is shown to somebody who has just left a room, whose cursor went with it. */
  readonly isBack: boolean;
  readonly onEnter: (room: string, name: string) => void;
}

/** Asks which room to enter, and under which name. */
export function EnterForm({ room, isBack, onEnter }: EnterFormProps) {
  const name = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isBack) name.current?.focus();
  }, []);
  const submit = (event: Event) => {
    event.preventDefault();
    const { elements } = event.currentTarget as HTMLFormElement;
    const valueOf = (field: string) => (elements.namedItem(field) as HTMLInputElement).value.trim();
    onEnter(valueOf("room"), valueOf("name"));
  };
  return (
    <section class="panel" aria-labelledby="enter-heading">
      <h2 id="enter-heading">Enter a room</h2>
      <form class="enter-form" onSubmit={submit}>
        <div>
          <label for="room">Room</label>
          <input
            id="room"
            name="room"
            value={room}
            pattern="[a-z0-9_\-]{1,64}"
            required
            autocomplete="off"
            spellcheck={false}
          />
        </div>
        <div>
          <label for="name">Your name</label>
          <input id="name" name="name" ref={name} maxlength={64} required autocomplete="nickname" />
        </div>
        <button type="submit" class="main">
          Enter
        </button>
      </form>
    </section>
  );
}
