/** What a sentence has between backticks is code. */
export function withCode(sentence: string) {
  return sentence.split("`").map((part, index) => (index % 2 === 0 ? part : <code>{part}</code>));
}
