import { useState } from "hono/jsx/dom";
import { schemaText } from "../docs/schema-text.ts";
import type { Refusal, Unreachable } from "../exchange.ts";
import type { TaskType } from "./answers.ts";
import { Complaint } from "./complaint.tsx";
import { exampleOf } from "./example-of.ts";

interface EnqueueFormProps {
  readonly types: readonly TaskType[];
  readonly onEnqueue: (type: string, payload: unknown) => Promise<string | Refusal | Unreachable>;
}

/** Enqueues a task: a type, and a payload that begins as an example of what its schema wants. */
export function EnqueueForm({ types, onEnqueue }: EnqueueFormProps) {
  const [name, setName] = useState(types[0]?.type ?? "");
  const [failure, setFailure] = useState<Refusal | Unreachable | undefined>(undefined);
  const [mistake, setMistake] = useState("");
  const schema = types.find(({ type }) => type === name)?.payload ?? undefined;

  const submit = async (event: Event) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    setFailure(undefined);
    const payload = parse((form.elements.namedItem("payload") as HTMLTextAreaElement).value);
    setMistake(payload.mistake);
    if (payload.mistake !== "") return;
    const answer = await onEnqueue(name, payload.value);
    if (typeof answer === "string") location.hash = `tasks/${answer}`;
    else setFailure(answer);
  };
  return (
    <section class="panel" aria-labelledby="enqueue-heading">
      <h2 id="enqueue-heading">Enqueue a task</h2>
      <form class="enqueue-form" onSubmit={(event: Event) => void submit(event)}>
        <label for="type">Type</label>
        <select
          id="type"
          value={name}
          onChange={(event: Event) => setName((event.currentTarget as HTMLSelectElement).value)}
        >
          {types.map(({ type }) => (
            <option key={type} value={type}>
              {type}
            </option>
          ))}
        </select>
        <label for="payload">Payload (JSON)</label>
        <textarea key={name} id="payload" name="payload" rows={5} spellcheck={false} autocomplete="off">
          {JSON.stringify(schema === undefined ? {} : exampleOf(schema), null, 2)}
        </textarea>
        {mistake !== "" && (
          <p class="complaint" role="alert">
            {mistake}
          </p>
        )}
        <Complaint failure={failure} />
        <button type="submit" class="main">
          Enqueue
        </button>
      </form>
      {schema !== undefined && (
        <details class="raw">
          <summary>What it takes</summary>
          <pre tabindex={0}>{schemaText(schema)}</pre>
        </details>
      )}
    </section>
  );
}

function parse(text: string): { readonly value: unknown; readonly mistake: string } {
  try {
    return { value: JSON.parse(text) as unknown, mistake: "" };
  } catch (error) {
    return { value: undefined, mistake: `This is no JSON: ${(error as SyntaxError).message}` };
  }
}
