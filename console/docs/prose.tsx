/** Text of the document: what stands between backticks is code, lines that begin with a hyphen are a list. */
export function Prose({ text }: { readonly text: string }) {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return (
    <>
      {lines
        .filter((line) => !isItem(line))
        .map((line) => (
          <p>{withCode(line)}</p>
        ))}
      {lines.some(isItem) && (
        <ul class="plain-list">
          {lines.filter(isItem).map((line) => (
            <li>{withCode(line.slice(2))}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** A sentence with its code set as such. */
export function withCode(sentence: string) {
  return sentence.split("`").map((part, index) => (index % 2 === 0 ? part : <code>{part}</code>));
}

function isItem(line: string): boolean {
  return line.startsWith("- ");
}
