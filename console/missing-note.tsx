import type { Missing } from "./incomplete.ts";
import { describeOutcome } from "./outcome.ts";

interface MissingNoteProps {
  /** The part that is not there. */
  readonly part: string;
  readonly missing: readonly Missing[];
}

/** Says why a part of the answer is missing, where it would be. */
export function MissingNote({ part, missing }: MissingNoteProps) {
  const outcome = missing.find(({ name }) => name === part)?.outcome;
  return (
    <p class="note">
      <b>{part}</b>: {outcome === undefined ? "not in the answer" : describeOutcome(outcome)}
    </p>
  );
}
