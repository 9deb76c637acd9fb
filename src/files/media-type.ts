/** What is kept of a file besides its bytes has 8 KiB in R2, and a type that is longer than this is none. */
const MAX_CHARACTERS = 255;

const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
/** A type with its parameters (RFC 9110, 8.3.1), of which only the characters are looked at. */
const MEDIA_TYPE = new RegExp(`^${TOKEN}/${TOKEN}[\\t ]*(?:;[\\t\\x20-\\x7e]*)?$`);

/** Whether a text is a media type that can be kept, and sent again as it is. */
export function isMediaType(text: string): boolean {
  return text.length <= MAX_CHARACTERS && MEDIA_TYPE.test(text);
}

/** What is wrong with a text that is none. */
export const NO_MEDIA_TYPE = `expected a media type of at most ${MAX_CHARACTERS} characters, such as \`image/png\``;
